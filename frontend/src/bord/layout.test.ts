import { describe, expect, it } from 'vitest'
import { type Box, type Group, keepBoxes, layPlane, layZone, SIZES } from './layout'

/** A small seeded generator, so that a failing case can be seen again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const NEAR = 0.01

function overlap(a: Box, b: Box): boolean {
  return (
    a.x + NEAR < b.x + b.w &&
    b.x + NEAR < a.x + a.w &&
    a.y + NEAR < b.y + b.h &&
    b.y + NEAR < a.y + a.h
  )
}
function inside(box: Box, around: Box): boolean {
  return (
    box.x >= around.x - NEAR &&
    box.y >= around.y - NEAR &&
    box.x + box.w <= around.x + around.w + NEAR &&
    box.y + box.h <= around.y + around.h + NEAR
  )
}
function expectApart(boxes: Box[]): void {
  const sorted = [...boxes].sort((a, b) => a.y - b.y)
  sorted.forEach((a, i) => {
    for (let j = i + 1; j < sorted.length; j++) {
      const b = sorted[j] as Box
      if (b.y >= a.y + a.h) break
      expect(overlap(a, b), JSON.stringify([a, b])).toBe(false)
    }
  })
}
/** In reading order each box stands lower than, or on the same line and to the right of, the one before. */
function expectReadingOrder(boxes: Box[]): void {
  for (let i = 1; i < boxes.length; i++) {
    const before = boxes[i - 1] as Box
    const box = boxes[i] as Box
    expect(box.y > before.y + NEAR || (Math.abs(box.y - before.y) < NEAR && box.x > before.x)).toBe(
      true,
    )
  }
}

describe('zones on the plane', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16])('%i zones fill it without overlap', count => {
    for (const [w, h] of [
      [304, 480],
      [1000, 640],
      [1896, 980],
      [600, 900],
    ] as const) {
      const boxes = layPlane(count, w, h, 12)
      expect(boxes).toHaveLength(count)
      expectApart(boxes)
      expectReadingOrder(boxes)
      for (const box of boxes) expect(inside(box, { x: 0, y: 0, w, h })).toBe(true)
    }
  })

  it('follows the shape of the plane', () => {
    const rows = (boxes: Box[]) => new Set(boxes.map(box => Math.round(box.y))).size
    expect(rows(layPlane(7, 1000, 640, 12))).toBe(2)
    expect(rows(layPlane(7, 304, 480, 8))).toBe(4)
  })

  it('is empty without zones', () => {
    expect(layPlane(0, 800, 600, 12)).toEqual([])
  })
})

describe('what lies in a zone', () => {
  const ids = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}${i}`)

  it('never overlaps, fits, and keeps the order', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = seeded(seed)
      const w = 90 + random() * 900
      const h = 60 + random() * 700
      const groups: Group[] = Array.from({ length: Math.floor(random() * 6) }, (_, g) => ({
        id: `g${g}`,
        notes: ids(`g${g}n`, Math.floor(random() * 9)),
      }))
      const loose = ids('n', Math.floor(random() * random() * 160))
      const laid = layZone(groups, loose, w, h)
      const zone = { x: 0, y: 0, w, h }
      const everything = [...groups.flatMap(group => group.notes), ...loose]

      expect(laid.notes.size + laid.left, `seed ${seed}`).toBe(everything.length)
      expectApart([...laid.notes.values()])
      expectApart([...laid.groups.values()])
      for (const box of laid.notes.values()) expect(inside(box, zone), `seed ${seed}`).toBe(true)
      for (const box of laid.groups.values()) expect(inside(box, zone), `seed ${seed}`).toBe(true)

      if (laid.groups.size > 0) {
        expectReadingOrder(groups.map(group => laid.groups.get(group.id) as Box))
        for (const group of groups) {
          const panel = laid.groups.get(group.id) as Box
          const boxes = group.notes.map(note => laid.notes.get(note) as Box)
          for (const box of boxes) expect(inside(box, panel)).toBe(true)
          expectReadingOrder(boxes)
          for (const note of loose) expect(overlap(laid.notes.get(note) as Box, panel)).toBe(false)
        }
      }
      expectReadingOrder(
        loose.filter(note => laid.notes.has(note)).map(note => laid.notes.get(note) as Box),
      )
    }
  })

  it('takes the largest size that fits', () => {
    expect(layZone([], ids('n', 3), 700, 400).size.name).toBe('L')
    expect(layZone([], ids('n', 300), 700, 400).size.name).toBe('T')
    expect(layZone([], [], 100, 60).left).toBe(0)
  })

  it('only a newcomer at the end gets a new place, as long as the size stays', () => {
    const before = layZone([], ids('n', 5), 700, 400)
    const after = layZone([], ids('n', 6), 700, 400)
    expect(after.size).toBe(before.size)
    for (const [id, box] of before.notes) expect(after.notes.get(id)).toEqual(box)
  })

  it('what did not move keeps its very box', () => {
    const before = layZone([], ids('n', 5), 700, 400)
    const after = keepBoxes(layZone([], ['n0', 'n2', 'n1', 'n3', 'n4'], 700, 400), before)
    expect(after.notes.get('n0')).toBe(before.notes.get('n0'))
    expect(after.notes.get('n4')).toBe(before.notes.get('n4'))
    expect(after.notes.get('n1')).toEqual(before.notes.get('n2'))
    expect(after.notes.get('n1')).not.toBe(before.notes.get('n1'))
  })

  it('shows 1,000 notes in one zone of a tablet, each on its own', () => {
    const laid = layZone([], ids('n', 1000), 320, 240)
    expect(laid.left).toBe(0)
    expectApart([...laid.notes.values()])
  })

  it('counts what it cannot show', () => {
    const laid = layZone([{ id: 'g', notes: ids('g', 40) }], ids('n', 500), 60, 40)
    expect(laid.left).toBeGreaterThan(0)
    expect(laid.notes.size + laid.left).toBe(540)
  })

  it('what can be pressed is at least 24 px high and wide', () => {
    for (const size of SIZES) {
      if (size.name !== 'T') expect(Math.min(size.w, size.h)).toBeGreaterThanOrEqual(24)
    }
  })

  it('has sizes from large to small', () => {
    for (let i = 1; i < SIZES.length; i++) {
      const [before, size] = [SIZES[i - 1], SIZES[i]]
      if (!before || !size) throw new Error('a size is missing')
      expect(size.w <= before.w && (size.w < before.w || size.h <= before.h)).toBe(true)
    }
  })
})
