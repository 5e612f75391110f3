// The time line: which year a note speaks of, and where notes lie under the years. Pure.
//
// People write "2016", "sinds 1998", "zomer '09" or "al heel lang"; a year is read where there is
// one, and a note without one lies at the end. Time goes from left to right through the zones, and
// within a zone through its columns: one a year, or one a few years where there are too many.

import { type Box, type Group, type Laid, SIZES, type Size } from './layout'

const OLDEST = 1850
const NEWEST = 2100

/** The year in what somebody wrote, or null. */
export function yearOf(written: string | undefined): number | null {
  if (!written) return null
  const whole = /(?<!\d)(1[89]\d\d|20\d\d)(?!\d)/.exec(written)
  if (whole) {
    const year = Number(whole[1])
    return year >= OLDEST && year <= NEWEST ? year : null
  }
  const short = /['’](\d\d)(?!\d)/.exec(written)
  if (!short) return null
  const year = Number(short[1])
  return year > 60 ? 1900 + year : 2000 + year
}

/** By year, the oldest first; who has none comes last; what is equal keeps its order. */
export function inTime<N>(notes: readonly N[], since: (note: N) => string | undefined): N[] {
  const year = (note: N) => yearOf(since(note)) ?? Number.POSITIVE_INFINITY
  return notes
    .map((note, at) => ({ note, at, year: year(note) }))
    .sort((a, b) => (a.year === b.year ? a.at - b.at : a.year - b.year))
    .map(({ note }) => note)
}

export interface Lane {
  /** null: without a year. */
  from: number | null
  to: number | null
  notes: string[]
}

/** One lane a year, neighbours taken together until there are at most so many; then who has none. */
export function lanesOf(
  notes: readonly { id: string; year: number | null }[],
  most: number,
): Lane[] {
  const lanes: Lane[] = []
  const none: string[] = []
  for (const { id, year } of notes) {
    const last = lanes[lanes.length - 1]
    if (year === null) none.push(id)
    else if (last?.to === year) last.notes.push(id)
    else lanes.push({ from: year, to: year, notes: [id] })
  }
  const room = Math.max(1, most - (none.length > 0 ? 1 : 0))
  while (lanes.length > room) {
    let at = 0
    let least = Number.POSITIVE_INFINITY
    for (let i = 0; i + 1 < lanes.length; i++) {
      const apart = ((lanes[i + 1] as Lane).to ?? 0) - ((lanes[i] as Lane).from ?? 0)
      if (apart < least) {
        least = apart
        at = i
      }
    }
    const [first, second] = [lanes[at] as Lane, lanes[at + 1] as Lane]
    lanes.splice(at, 2, {
      from: first.from,
      to: second.to,
      notes: [...first.notes, ...second.notes],
    })
  }
  if (none.length > 0) lanes.push({ from: null, to: null, notes: none })
  return lanes
}

/** "1998", "1998–2004", or nothing. */
export function laneName({ from, to }: Lane): string {
  if (from === null) return ''
  return from === to ? String(from) : `${from}–${to}`
}

// --- where the zones lie ---------------------------------------------------------------

/** Of the plane, how much time takes when there is something below it. */
const TIME = 0.56
const TIME_NARROW = 0.66
const NARROW = 600

export interface TimePlane {
  /** vroeger, nu, binnenkort */
  time: Box[]
  /** what was learnt */
  learnt: Box[]
  /** One below the other, on a narrow screen. */
  stacked: boolean
}

export function layTimePlane(count: number, width: number, height: number, gap: number): TimePlane {
  const first = Math.min(3, count)
  const rest = count - first
  const stacked = width < NARROW
  const share = rest === 0 ? 1 : stacked ? TIME_NARROW : TIME
  const high = rest === 0 ? height : Math.max(1, height * share - gap / 2)
  const time = stacked
    ? Array.from({ length: first }, (_, at) => {
        const h = Math.max(1, high / first)
        return { x: 0, y: at * h, w: width, h }
      })
    : // One line without a break: the zones touch.
      Array.from({ length: first }, (_, at) => ({
        x: (at * width) / first,
        y: 0,
        w: width / first,
        h: high,
      }))
  const top = high + gap
  const w = Math.max(1, (width - (rest - 1) * gap) / Math.max(1, rest))
  const learnt = Array.from({ length: rest }, (_, at) => ({
    x: at * (w + gap),
    y: top,
    w,
    h: Math.max(1, height - top),
  }))
  return { time, learnt, stacked }
}

// --- what lies under the years -----------------------------------------------------------

/** The year of a lane stands above it; a lane without a year needs no less room. */
export const LANE_WIDTH = 54

export interface LaidLanes extends Laid {
  /** Per lane where its mark stands, and how wide the lane is. */
  marks: { x: number; w: number }[]
}

/** Groups first, as columns of their own, then the lanes in order: the largest size that fits. */
export function layLanes(
  groups: readonly Group[],
  lanes: readonly Lane[],
  width: number,
  height: number,
): LaidLanes {
  let count = 0
  for (const { notes } of [...groups, ...lanes]) count += notes.length
  for (const size of SIZES) {
    if (count * size.w * size.h > width * height) continue
    const laid = tryLanes(groups, lanes, width, height, size)
    if (laid.left === 0) return laid
  }
  return tryLanes(groups, lanes, width, height, SIZES[SIZES.length - 1] as Size)
}

function tryLanes(
  groups: readonly Group[],
  lanes: readonly Lane[],
  width: number,
  height: number,
  size: Size,
): LaidLanes {
  const laid: LaidLanes = { size, notes: new Map(), groups: new Map(), left: 0, marks: [] }
  const { w, h, gap, head, pad } = size
  const rows = Math.max(1, Math.floor((height + gap) / (h + gap)))
  const inGroup = Math.max(1, Math.floor((height - head - 2 * pad + gap) / (h + gap)))
  const wide = (cells: number) => cells * (w + gap) - gap
  const apart = Math.max(gap, Math.min(18, w * 0.16))

  const columns = [
    ...groups.map(group => {
      const cells = Math.max(1, Math.ceil(group.notes.length / inGroup))
      return { group, lane: null, notes: group.notes, cells, w: wide(cells) + 2 * pad }
    }),
    ...lanes.map(lane => {
      const cells = Math.max(1, Math.ceil(lane.notes.length / rows))
      return {
        group: null,
        lane,
        notes: lane.notes,
        cells,
        w: Math.max(lane.from === lane.to ? LANE_WIDTH : 1.7 * LANE_WIDTH, wide(cells)),
      }
    }),
  ]
  let used = -apart
  for (const column of columns) used += column.w + apart
  const tall = groups.length > 0 ? head + 2 * pad + h : h
  if (used > width || tall > height) laid.left = 1
  // What is left over comes between them, as far as it looks well.
  const between =
    columns.length === 0
      ? 0
      : Math.max(0, Math.min(w * 0.35, (width - used) / Math.max(1, columns.length)))
  let x = 0
  for (const column of columns) {
    if (column.group) {
      const high = Math.ceil(column.notes.length / column.cells)
      laid.groups.set(column.group.id, {
        x,
        y: 0,
        w: column.w,
        h: head + 2 * pad + Math.max(1, high) * (h + gap) - gap,
      })
    } else laid.marks.push({ x, w: column.w })
    const inset = column.group ? pad : 0
    const top = column.group ? head + pad : 0
    column.notes.forEach((note, at) => {
      laid.notes.set(note, {
        x: x + inset + (at % column.cells) * (w + gap),
        y: top + Math.floor(at / column.cells) * (h + gap),
        w,
        h,
      })
    })
    x += column.w + apart + between
  }
  return laid
}
