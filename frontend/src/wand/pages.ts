/* Laying notes out on the wall, as a newspaper is laid out: columns, filled from the top. Pure;
   the heights were measured beforehand.

   - A page never holds more cards than a hall can read, and never a card that does not fit.
   - A column begins with the name of its zone, also where the zone goes on from the last column.
   - A name never stands alone: it goes where its first card goes.
   - The columns of a page are made equally long as far as that can be done. */

export interface Group {
  cluster: string | null
  heading: number
  cards: { id: string; height: number }[]
}
export interface Section {
  zone: string
  heading: number
  groups: Group[]
}
export type Block =
  | { kind: 'zone'; id: string }
  | { kind: 'cluster'; id: string }
  | { kind: 'loose'; id: string } // from here on the notes of this zone that lie with no other
  | { kind: 'note'; id: string }
export type Column = Block[]
export interface Page {
  columns: Column[]
}
export interface Room {
  columns: number
  height: number
  gap: number
  cards: number
  /** The height of the line before loose notes. */
  loose: number
}

interface Placed {
  zone: string
  zoneHeading: number
  cluster: string | null
  clusterHeading: number
  id: string
  height: number
}

export function layOut(sections: Section[], room: Room): Page[] {
  const line = sections.flatMap(section =>
    section.groups.flatMap(group =>
      group.cards.map(card => ({
        zone: section.zone,
        zoneHeading: section.heading,
        cluster: group.cluster,
        clusterHeading: group.heading,
        ...card,
      })),
    ),
  )
  const pages: Page[] = []
  let rest = line
  while (rest.length > 0) {
    const { page, taken } = fill(rest, room, room.height)
    const here = rest.slice(0, taken)
    pages.push(balanced(here, room) ?? page)
    rest = rest.slice(taken)
  }
  return pages
}

/** As much of the line as one page holds when its columns are `height` high. */
function fill(line: Placed[], room: Room, height: number): { page: Page; taken: number } {
  const columns: Column[] = [[]]
  let column = columns[0] as Column
  let used = 0
  let last: Placed | null = null
  let taken = 0
  for (const card of line) {
    if (taken === room.cards) break
    let need = needed(card, last, room)
    if (column.length > 0 && used + need > height) {
      if (columns.length === room.columns) break
      column = []
      columns.push(column)
      used = 0
      last = null
      need = needed(card, null, room)
    }
    if (last?.zone !== card.zone) column.push({ kind: 'zone', id: card.zone })
    if (card.cluster !== null && (last?.zone !== card.zone || last.cluster !== card.cluster)) {
      column.push({ kind: 'cluster', id: card.cluster })
    }
    if (comesLoose(card, last)) column.push({ kind: 'loose', id: card.zone })
    column.push({ kind: 'note', id: card.id })
    used += need
    last = card
    taken++
  }
  return { page: { columns }, taken }
}

function needed(card: Placed, last: Placed | null, { gap, loose }: Room): number {
  let need = card.height + (last ? gap : 0)
  if (last?.zone !== card.zone) need += card.zoneHeading + gap
  if (card.cluster !== null && (last?.zone !== card.zone || last.cluster !== card.cluster)) {
    need += card.clusterHeading + gap
  }
  if (comesLoose(card, last)) need += loose + gap
  return need
}

function comesLoose(card: Placed, last: Placed | null): boolean {
  return card.cluster === null && last?.zone === card.zone && last.cluster !== null
}

const HALVINGS = 12

/** The same cards with the lowest columns that still hold them all. */
function balanced(cards: Placed[], room: Room): Page | null {
  let low = 0
  let high = room.height
  let best: Page | null = null
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    const { page, taken } = fill(cards, room, middle)
    if (taken === cards.length) {
      best = page
      high = middle
    } else {
      low = middle
    }
  }
  return best
}

/** Whether every card fits under its names. A longer one is cut at the edge. */
export function fitsAll(sections: Section[], room: Room): boolean {
  return sections.every(section =>
    section.groups.every(group =>
      group.cards.every(
        card => section.heading + group.heading + card.height + 2 * room.gap <= room.height,
      ),
    ),
  )
}

export function notesOn(page: Page): string[] {
  return page.columns.flat().flatMap(block => (block.kind === 'note' ? [block.id] : []))
}
