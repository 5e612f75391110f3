// Where the three circles lie, and the notes in them: pure geometry, like layout.ts.
//
// The first zone is a disc in the middle, the second a ring around it, and what is left of the
// plane is for the others: two halves beside the circle on a wide screen, above and below it on a
// high one. All three circles have one centre; of the outermost only a part fits the screen. How
// large they are follows from the shape of the plane alone, so a zone keeps its place.
//
// A region says, for a strip between two heights, which stretches are free. Notes are laid in rows
// through them; that is all a circle asks for more than a box.

import { type Box, type Group, type Laid, SIZES, type Size } from './layout'

export interface Circle {
  x: number
  y: number
  r: number
}

export interface Ring {
  /** On the plane; the field of the zone begins at its left top. */
  box: Box
  /** A disc or a ring is round: what lies in the corners of its box is not in it. */
  round: boolean
  /** The heading, within the box. */
  head: Box
  region: Region
}

export interface Circles {
  inner: Circle
  middle: Circle
  /** The halves of the outside lie beside each other, not one above the other. */
  wide: boolean
  rings: Ring[]
}

interface Span {
  from: number
  to: number
}

/** Which stretches between two heights are free, from left to right. */
export type Region = (top: number, bottom: number) => Span[]

/** The middle circle as part of the plane: at most so much of its long side. */
const OF_LONG_SIDE = 0.34
/** The inner circle as part of the middle one. */
const INNER = 0.585
/** Between a line and what lies along it. */
const AIR = 7
/** The least that lies between the middle circle and the edge of the plane. */
const EDGE = 4

export function layCircles(count: number, width: number, height: number): Circles {
  const wide = width >= height
  const r = Math.max(
    1,
    Math.min(Math.min(width, height) / 2 - EDGE, OF_LONG_SIDE * Math.max(width, height)),
  )
  const middle: Circle = { x: width / 2, y: height / 2, r }
  const inner: Circle = { ...middle, r: r * INNER }
  const rings: Ring[] = []
  if (count > 0) rings.push(disc(inner))
  if (count > 1) rings.push(ring(middle, inner.r))
  const left = count - 2
  const sides = left > 1 ? 2 : 1
  for (let at = 0; at < left; at++) {
    const side = at % sides
    const onSide = Math.ceil((left - side) / sides)
    const place = Math.floor(at / sides)
    const box = wide
      ? {
          x: (side * width) / sides,
          y: (place * height) / onSide,
          w: width / sides,
          h: height / onSide,
        }
      : {
          x: (place * width) / onSide,
          y: (side * height) / sides,
          w: width / onSide,
          h: height / sides,
        }
    rings.push(outside(box, middle, wide, side))
  }
  return { inner, middle, wide, rings }
}

function disc({ x, y, r }: Circle): Ring {
  const box = { x: x - r, y: y - r, w: 2 * r, h: 2 * r }
  const w = Math.min(1.24 * r, 300)
  const h = headHeight(r)
  const head = { x: r - w / 2, y: r - chord(r - AIR, w / 2), w, h }
  const within = (top: number, bottom: number): Span[] => {
    const half = halfWithin(r - AIR, top - r, bottom - r)
    return half > 0 ? [{ from: r - half, to: r + half }] : []
  }
  // Nothing lies above the heading, nor beside it.
  const below: Region = (top, bottom) => (top < head.y + head.h ? [] : within(top, bottom))
  return { box, round: true, head, region: below }
}

function ring({ x, y, r }: Circle, hole: number): Ring {
  const box = { x: x - r, y: y - r, w: 2 * r, h: 2 * r }
  // Two lines high where the ring is thick enough to leave them wide enough, else one.
  const wideAt = (h: number) => Math.min(2 * chord(r - AIR, hole + AIR + h), 1.15 * r, 300)
  const two = headHeight(r) * 0.82
  const h = [two, 28].find(high => wideAt(high) >= Math.min(0.95 * r, 200)) ?? 18
  const w = wideAt(h)
  const head = { x: r - w / 2, y: r - chord(r - AIR, w / 2), w, h }
  const within = (top: number, bottom: number): Span[] => {
    const half = halfWithin(r - AIR, top - r, bottom - r)
    if (half <= 0) return []
    const gone = halfTouching(hole + AIR, top - r, bottom - r)
    if (gone <= 0) return [{ from: r - half, to: r + half }]
    return [
      { from: r - half, to: r - gone },
      { from: r + gone, to: r + half },
    ].filter(span => span.to > span.from)
  }
  const cap = { ...head, y: 0, h: head.y + head.h }
  return { box, round: true, head, region: without(within, cap) }
}

function outside(box: Box, circle: Circle, wide: boolean, side: number): Ring {
  const { r } = circle
  const x = circle.x - box.x
  const y = circle.y - box.y
  const h = Math.min(headHeight(r) * (wide ? 1.2 : 0.62), box.h / 3)
  // In the corner that is furthest from the circle.
  const atRight = wide && side === 1
  const atBottom = !wide && side === 1
  const top = atBottom ? box.h - h - AIR : AIR
  const bottom = top + h
  const gone = halfTouching(r + AIR, top - y, bottom - y)
  const room = wide ? Math.min(box.w, box.w - gone) - 2 * AIR : box.w - 2 * AIR
  const w = Math.max(40, Math.min(room, 340))
  const head = { x: atRight ? box.w - w - AIR : AIR, y: top, w, h }
  const within = (top: number, bottom: number): Span[] => {
    if (top < AIR || bottom > box.h - AIR) return []
    const gone = halfTouching(r + AIR, top - y, bottom - y)
    const all = { from: AIR, to: box.w - AIR }
    if (gone <= 0) return [all]
    return [
      { from: all.from, to: Math.min(all.to, x - gone) },
      { from: Math.max(all.from, x + gone), to: all.to },
    ].filter(span => span.to > span.from)
  }
  return { box, round: false, head, region: without(within, head) }
}

function headHeight(r: number): number {
  return r < 110 ? 36 : r < 190 ? 48 : 60
}

/** Half of how wide a circle is, everywhere between two heights from its middle. */
function halfWithin(r: number, top: number, bottom: number): number {
  return chord(r, Math.max(Math.abs(top), Math.abs(bottom)))
}

/** Half of how wide it is somewhere between them. */
function halfTouching(r: number, top: number, bottom: number): number {
  const nearest = top > 0 ? top : bottom < 0 ? -bottom : 0
  return chord(r, nearest)
}

function chord(r: number, away: number): number {
  return away >= r ? 0 : Math.sqrt(r * r - away * away)
}

/** A region without a box in it. */
function without(region: Region, box: Box): Region {
  return (top, bottom) => {
    const spans = region(top, bottom)
    if (bottom <= box.y || top >= box.y + box.h) return spans
    return spans.flatMap(span => cut(span, box.x - AIR, box.x + box.w + AIR))
  }
}

function cut(span: Span, from: number, to: number): Span[] {
  if (to <= span.from || from >= span.to) return [span]
  return [
    { from: span.from, to: from },
    { from: to, to: span.to },
  ].filter(part => part.to > part.from)
}

// --- what lies in a region -------------------------------------------------------------

/** The largest size with which groups and loose notes all fit a ring, and where each lies. */
export function layRing(
  groups: readonly Group[],
  loose: readonly string[],
  { box, region }: Ring,
): Laid {
  let count = loose.length
  for (const group of groups) count += group.notes.length
  const laidOut = (size: Size) => tryRing(groups, loose, region, box.h, size)
  const most = box.w * box.h
  for (const size of SIZES) {
    if (count * size.w * size.h > most) continue
    const laid = laidOut(size)
    if (laid.left === 0) return laid
  }
  return laidOut(SIZES[SIZES.length - 1] as Size)
}

function tryRing(
  groups: readonly Group[],
  loose: readonly string[],
  region: Region,
  height: number,
  size: Size,
): Laid {
  const laid: Laid = { size, notes: new Map(), groups: new Map(), left: 0 }
  const { w, h, gap } = size
  const panels: Box[] = []
  const free: Region = (top, bottom) => {
    let spans = region(top, bottom)
    for (const panel of panels) {
      if (bottom <= panel.y || top >= panel.y + panel.h) continue
      spans = spans.flatMap(span => cut(span, panel.x - gap, panel.x + panel.w + gap))
    }
    return spans
  }
  // Groups first, each at the first place where its panel fits.
  const rest: string[] = [...loose]
  let from = 0
  const step = Math.max(4, h / 3)
  for (const group of groups) {
    const panel = placePanel(group.notes.length, free, from, height, step, size)
    if (!panel) {
      // Without its panel when there is no room for one: as its notes.
      rest.unshift(...group.notes)
      continue
    }
    from = panel.box.y
    panels.push(panel.box)
    laid.groups.set(group.id, panel.box)
    group.notes.forEach((note, place) => {
      laid.notes.set(note, {
        x: panel.box.x + size.pad + (place % panel.wide) * (w + gap),
        y: panel.box.y + size.head + size.pad + Math.floor(place / panel.wide) * (h + gap),
        w,
        h,
      })
    })
  }
  let at = 0
  for (let top = 0; top + h <= height && at < rest.length; ) {
    const spans = free(top, top + h)
    let any = false
    for (const span of spans) {
      const room = Math.floor((span.to - span.from + gap) / (w + gap))
      const here = Math.min(room, rest.length - at)
      if (here <= 0) continue
      any = true
      const used = here * (w + gap) - gap
      const begin = span.from + (span.to - span.from - used) / 2
      for (let n = 0; n < here; n++) {
        laid.notes.set(rest[at++] as string, { x: begin + n * (w + gap), y: top, w, h })
      }
    }
    top += any ? h + gap : Math.max(2, h / 6)
  }
  laid.left = rest.length - at
  // Where a group lost its panel, the next smaller size may hold it still.
  if (laid.groups.size < groups.length && size !== SIZES[SIZES.length - 1]) laid.left += 1
  return laid
}

function placePanel(
  count: number,
  free: Region,
  from: number,
  height: number,
  step: number,
  size: Size,
): { box: Box; wide: number } | null {
  const { w, h, gap, head, pad } = size
  const ideal = Math.max(1, Math.min(count, Math.round(Math.sqrt(count * 1.4))))
  const shapes = [ideal, ...Array.from({ length: Math.max(1, count) }, (_, n) => n + 1)]
  for (let top = from; top < height; top += step) {
    for (const wide of shapes) {
      const rows = Math.max(1, Math.ceil(count / wide))
      const box = {
        x: 0,
        y: top,
        w: wide * w + (wide - 1) * gap + 2 * pad,
        h: head + 2 * pad + rows * h + (rows - 1) * gap,
      }
      if (top + box.h > height) continue
      const span = free(top, top + box.h).find(one => one.to - one.from >= box.w)
      if (span) return { box: { ...box, x: span.from + (span.to - span.from - box.w) / 2 }, wide }
    }
  }
  return null
}
