// Where everything on the board lies: pure geometry, from counts and sizes to boxes.
//
// The board is a bounded plane. Zones share it in rows; which rows follows from the shape of the
// plane alone, so a zone keeps its place however full it gets. Within a zone, groups come first, as
// panels, and loose notes after them, all in the order they have. Notes have one of a few sizes:
// the largest with which everything in the zone fits. So nothing overlaps, nothing sticks out, and
// a newcomer finds its place by itself.
//
// Laws, held by layout.test.ts: no two boxes overlap, all lie inside, the order is reading order.

export interface Box {
  x: number
  y: number
  w: number
  h: number
}

/** L, M, S and XS have words and can be pressed: at least 24 px. T is a tile of colour. */
export type SizeName = 'L' | 'M' | 'S' | 'XS' | 'T'

export interface Size {
  name: SizeName
  w: number
  h: number
  gap: number
  /** The letters, and how many lines of them there is room for. */
  font: number
  lines: number
  /** Between the edge of a note and its letters. */
  inset: number
  /** The heading of a group, and between the edge of a group and its notes. */
  head: number
  pad: number
}

export const LINE = 1.25

const WIDTHS = [216, 180, 150, 125, 104, 86, 70, 58, 47, 38, 31, 25, 20, 16, 13, 10, 8, 6, 5]
/** A size is tried a little higher first: more of the text shows, and the zone is better filled. */
const HEIGHTS = [0.84, 0.74, 0.64]

function sizeOf(w: number, share: number): Size {
  const name = w >= 180 ? 'L' : w >= 125 ? 'M' : w >= 86 ? 'S' : w >= 38 ? 'XS' : 'T'
  const h = Math.max(3, Math.round(w * share))
  const font =
    w >= 216
      ? 18
      : w >= 180
        ? 16
        : w >= 150
          ? 15
          : w >= 125
            ? 13.5
            : w >= 86
              ? 12
              : w >= 58
                ? 10
                : 8.5
  const inset = w >= 125 ? 8 : w >= 86 ? 6 : w >= 58 ? 4 : 3
  return {
    name,
    w,
    h,
    gap: Math.max(1, Math.round(w * (w >= 86 ? 0.055 : 0.08))),
    font,
    lines: Math.max(1, Math.floor((h - 2 * inset - 2) / (font * LINE))),
    inset,
    head: w >= 150 ? 46 : w >= 104 ? 40 : w >= 86 ? 36 : w >= 47 ? 24 : 0,
    pad: Math.max(1, Math.round(Math.min(8, w * 0.06))),
  }
}

/** From large to small. */
export const SIZES: readonly Size[] = WIDTHS.flatMap(w => HEIGHTS.map(share => sizeOf(w, share)))

/** A cell may grow this much wider than its size, to fill the row. */
const STRETCH = 1.4

// --- zones on the plane ----------------------------------------------------------------

/** What a zone likes: a little wider than high. */
const ZONE_SHAPE = 1.2
/** Narrower than this its name does not fit. */
const ZONE_WIDTH = 150

/** Boxes of `count` zones that fill a plane in rows, in reading order. */
export function layPlane(count: number, width: number, height: number, gap: number): Box[] {
  if (count === 0) return []
  let best: Box[] = []
  let least = Number.POSITIVE_INFINITY
  for (let rows = 1; rows <= count; rows++) {
    const boxes = inRows(count, rows, width, height, gap)
    let cost = 0
    for (const box of boxes) {
      cost += Math.abs(Math.log(box.w / box.h / ZONE_SHAPE))
      cost += 4 * Math.max(0, Math.log(ZONE_WIDTH / box.w))
    }
    if (cost < least) {
      least = cost
      best = boxes
    }
  }
  return best
}

function inRows(count: number, rows: number, width: number, height: number, gap: number): Box[] {
  const boxes: Box[] = []
  const h = Math.max(1, (height - (rows - 1) * gap) / rows)
  for (let row = 0; row < rows; row++) {
    const inRow = Math.floor(count / rows) + (row < count % rows ? 1 : 0)
    const w = Math.max(1, (width - (inRow - 1) * gap) / inRow)
    for (let column = 0; column < inRow; column++) {
      boxes.push({ x: column * (w + gap), y: row * (h + gap), w, h })
    }
  }
  return boxes
}

// --- what lies in one zone -------------------------------------------------------------

/** A group: its notes, in order. */
export interface Group {
  id: string
  notes: readonly string[]
}

export interface Laid {
  size: Size
  notes: Map<string, Box>
  groups: Map<string, Box>
  /** Notes for which there is no place at all, not even as the smallest tile. */
  left: number
}

/** The largest size with which groups and loose notes all fit a zone, and where each lies. */
export function layZone(
  groups: readonly Group[],
  loose: readonly string[],
  width: number,
  height: number,
): Laid {
  let count = loose.length
  for (const group of groups) count += group.notes.length
  for (const size of SIZES) {
    if (count * size.w * size.h > width * height) continue
    const laid = tryZone(groups, loose, width, height, size)
    if (laid) return laid
  }
  return asManyAsFit(groups, loose, width, height)
}

interface Shelf {
  wide: number
  tall: number
  column: number
  top: number
}

function tryZone(
  groups: readonly Group[],
  loose: readonly string[],
  width: number,
  height: number,
  size: Size,
): Laid | null {
  const { gap, h } = size
  const columns = Math.floor((width + gap) / (size.w + gap))
  if (columns < 1 || h > height) return null
  const w = Math.min(size.w * STRETCH, (width - (columns - 1) * gap) / columns)

  // Groups stand on shelves; first only measured, for most sizes do not fit.
  const shelves: Shelf[] = []
  let top = 0
  let at = 0
  let tallest = 0
  for (const group of groups) {
    const count = group.notes.length
    const wide = groupColumns(count, columns, w, size)
    if (at + wide > columns) {
      top += tallest + gap
      at = 0
      tallest = 0
    }
    const tall = groupHeight(count, wide, size)
    shelves.push({ wide, tall, column: at, top })
    at += wide
    tallest = Math.max(tallest, tall)
    if (top + tallest > height) return null
  }

  // Loose notes: first beside the last group, then in rows of their own.
  const beside = groups.length > 0 ? columns - at : 0
  const besides = Math.min(loose.length, beside * Math.floor((tallest + gap) / (h + gap)))
  const below = groups.length > 0 ? top + tallest + gap : 0
  const rows = Math.ceil((loose.length - besides) / columns)
  if (rows > 0 && below + rows * (h + gap) - gap > height) return null

  const laid: Laid = { size, notes: new Map(), groups: new Map(), left: 0 }
  const left = (column: number) => column * (w + gap)
  groups.forEach((group, index) => {
    const { wide, tall, column, top } = shelves[index] as Shelf
    const box = { x: left(column), y: top, w: wide * w + (wide - 1) * gap, h: tall }
    laid.groups.set(group.id, box)
    const inner = (box.w - 2 * size.pad - (wide - 1) * gap) / wide
    group.notes.forEach((note, place) => {
      laid.notes.set(note, {
        x: box.x + size.pad + (place % wide) * (inner + gap),
        y: top + size.head + size.pad + Math.floor(place / wide) * (h + gap),
        w: inner,
        h,
      })
    })
  })
  loose.forEach((note, index) => {
    const rest = index - besides
    const [x, y] =
      rest < 0
        ? [left(at + (index % beside)), top + Math.floor(index / beside) * (h + gap)]
        : [left(rest % columns), below + Math.floor(rest / columns) * (h + gap)]
    laid.notes.set(note, { x, y, w, h })
  })
  return laid
}

/** What lies as it lay keeps its very box, so that only what moved is drawn anew. */
export function keepBoxes(now: Laid, before: Laid | null): Laid {
  if (before) {
    keepSame(now.notes, before.notes)
    keepSame(now.groups, before.groups)
  }
  return now
}

function keepSame(now: Map<string, Box>, before: Map<string, Box>): void {
  for (const [id, box] of now) {
    const old = before.get(id)
    if (old && old.x === box.x && old.y === box.y && old.w === box.w && old.h === box.h) {
      now.set(id, old)
    }
  }
}

/** How many notes stand side by side in a group: the panel becomes about as wide as is pleasant. */
function groupColumns(count: number, columns: number, w: number, size: Size): number {
  const most = Math.min(columns, Math.max(1, count))
  for (let wide = Math.min(2, most); wide < most; wide++) {
    if (wide * w >= 1.5 * groupHeight(count, wide, size)) return wide
  }
  return most
}

function groupHeight(count: number, wide: number, size: Size): number {
  const rows = Math.max(1, Math.ceil(count / wide))
  return size.head + 2 * size.pad + rows * size.h + (rows - 1) * size.gap
}

/** More than the smallest tiles can show: without panels, and the rest is counted. */
function asManyAsFit(
  groups: readonly Group[],
  loose: readonly string[],
  width: number,
  height: number,
): Laid {
  const size = SIZES[SIZES.length - 1] as Size
  const columns = Math.floor((width + size.gap) / (size.w + size.gap))
  const rows = Math.floor((height + size.gap) / (size.h + size.gap))
  const room = Math.max(0, columns) * Math.max(0, rows)
  const all = [...groups.flatMap(group => group.notes), ...loose]
  const notes = new Map<string, Box>()
  all.slice(0, room).forEach((note, index) => {
    notes.set(note, {
      x: (index % columns) * (size.w + size.gap),
      y: Math.floor(index / columns) * (size.h + size.gap),
      w: size.w,
      h: size.h,
    })
  })
  return { size, notes, groups: new Map(), left: Math.max(0, all.length - room) }
}
