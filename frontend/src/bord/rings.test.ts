import { describe, expect, it } from 'vitest'
import type { Box, Group } from './layout'
import { type Circle, type Circles, layCircles, layRing, type Ring } from './rings'

const PLANES = [
  [304, 470],
  [1000, 640],
  [1896, 980],
  [600, 900],
  [700, 690],
] as const
const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`)

function onPlane(box: Box, ring: Ring): Box {
  return { ...box, x: box.x + ring.box.x, y: box.y + ring.box.y }
}
function corners({ x, y, w, h }: Box): [number, number][] {
  return [
    [x, y],
    [x + w, y],
    [x, y + h],
    [x + w, y + h],
  ]
}
function farthest(box: Box, circle: Circle): number {
  return Math.max(...corners(box).map(([x, y]) => Math.hypot(x - circle.x, y - circle.y)))
}
function nearest(box: Box, circle: Circle): number {
  const dx = Math.max(box.x - circle.x, 0, circle.x - box.x - box.w)
  const dy = Math.max(box.y - circle.y, 0, circle.y - box.y - box.h)
  return Math.hypot(dx, dy)
}
function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}
function expectInItsPlace(box: Box, at: number, circles: Circles, width: number, height: number) {
  if (at === 0) expect(farthest(box, circles.inner)).toBeLessThanOrEqual(circles.inner.r)
  if (at === 1) {
    expect(farthest(box, circles.middle)).toBeLessThanOrEqual(circles.middle.r)
    expect(nearest(box, circles.inner)).toBeGreaterThanOrEqual(circles.inner.r)
  }
  if (at > 1) {
    expect(nearest(box, circles.middle)).toBeGreaterThanOrEqual(circles.middle.r)
    expect(box.x >= 0 && box.y >= 0 && box.x + box.w <= width && box.y + box.h <= height).toBe(true)
    if (circles.wide) expect(box.x + box.w / 2 < width / 2).toBe(at === 2)
    else expect(box.y + box.h / 2 < height / 2).toBe(at === 2)
  }
}

describe.each(PLANES)('three circles on %i by %i', (width, height) => {
  const circles = layCircles(4, width, height)

  it('have one centre and fit', () => {
    expect(circles.rings).toHaveLength(4)
    expect(circles.inner).toMatchObject({ x: circles.middle.x, y: circles.middle.y })
    expect(2 * circles.middle.r).toBeLessThanOrEqual(Math.min(width, height))
    expect(circles.inner.r).toBeLessThan(circles.middle.r)
  })

  it('keep every heading in its own ring', () => {
    circles.rings.forEach((ring, at) => {
      expect(ring.head.w).toBeGreaterThanOrEqual(40)
      expectInItsPlace(onPlane(ring.head, ring), at, circles, width, height)
    })
  })

  it.each([0, 1, 3, 15, 60, 75])('hold %i notes a ring, none on another, none on a line', count => {
    const all: Box[] = []
    circles.rings.forEach((ring, at) => {
      const groups: Group[] =
        count > 6 ? [{ id: `g${at}`, notes: ids(`g${at}n`, Math.floor(count / 4)) }] : []
      const loose = ids(`r${at}n`, count - Math.floor(count > 6 ? count / 4 : 0))
      const laid = layRing(groups, loose, ring)
      expect(laid.left).toBe(0)
      expect(laid.notes.size).toBe(count)
      const boxes = [...laid.notes.values()].map(box => onPlane(box, ring))
      for (const box of boxes) expectInItsPlace(box, at, circles, width, height)
      for (const box of boxes) expect(overlap(box, onPlane(ring.head, ring))).toBe(false)
      for (const panel of laid.groups.values()) {
        expectInItsPlace(onPlane(panel, ring), at, circles, width, height)
        for (const note of loose) expect(overlap(laid.notes.get(note) as Box, panel)).toBe(false)
      }
      all.push(...boxes)
    })
    all.sort((a, b) => a.y - b.y)
    all.forEach((a, i) => {
      for (let j = i + 1; j < all.length && (all[j] as Box).y < a.y + a.h; j++) {
        expect(overlap(a, all[j] as Box)).toBe(false)
      }
    })
  })

  it('read from left to right and down', () => {
    const laid = layRing([], ids('n', 20), circles.rings[1] as Ring)
    const boxes = ids('n', 20).map(id => laid.notes.get(id) as Box)
    boxes.slice(1).forEach((box, i) => {
      const before = boxes[i] as Box
      expect(box.y > before.y || (box.y === before.y && box.x > before.x)).toBe(true)
    })
  })
})

it('shows few notes large and many small', () => {
  const { rings } = layCircles(4, 1000, 640)
  const [inner] = rings as [Ring]
  expect(layRing([], ids('n', 1), inner).size.w).toBeGreaterThan(120)
  expect(layRing([], ids('n', 90), inner).size.w).toBeLessThan(40)
})

it('has a place for any number of zones', () => {
  for (let count = 0; count <= 7; count++) {
    expect(layCircles(count, 1000, 640).rings).toHaveLength(count)
  }
})
