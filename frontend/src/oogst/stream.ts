/* What passes over the harvest table: every note the whole hall may read, oldest first. Pure. */

import type { Board, Group, Table, Zone } from '../sync/protocol'

/** Types of notes that are about something else and lie in no group. */
const APART = new Set(['bedoeling', 'bezwaar', 'voorwaarde'])

export interface Passing {
  id: string
  zone: string
  table: string | null
  type: string
  at: number
  hidden: boolean
  gone: boolean
  group: string | null
}

export interface Wanted {
  board: string | null
  table: string | null
  loose: boolean
}

type Boards = ReadonlyMap<string, Pick<Board, 'form'>>
type Zones = ReadonlyMap<string, Pick<Zone, 'board'>>

export function harvestable(note: Passing, zones: Zones, boards: Boards): boolean {
  if (note.hidden || note.gone || APART.has(note.type)) return false
  const board = zones.get(note.zone)?.board
  return board !== undefined && boards.get(board)?.form !== 'welkom'
}

export function streamOf<N extends Passing>(
  notes: Iterable<N>,
  wanted: Wanted,
  zones: Zones,
  boards: Boards,
): N[] {
  return [...notes]
    .filter(
      note =>
        harvestable(note, zones, boards) &&
        (wanted.board === null || zones.get(note.zone)?.board === wanted.board) &&
        (wanted.table === null || note.table === wanted.table) &&
        (!wanted.loose || note.group === null),
    )
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}

/** The tables that said something, of which nothing lies in any group yet. */
export function uncovered(
  tables: Iterable<Table>,
  notes: Iterable<Passing>,
  zones: Zones,
  boards: Boards,
): Table[] {
  const said = new Set<string>()
  const heard = new Set<string>()
  for (const note of notes) {
    if (note.table === null || !harvestable(note, zones, boards)) continue
    said.add(note.table)
    if (note.group !== null) heard.add(note.table)
  }
  return [...tables]
    .filter(({ id }) => said.has(id) && !heard.has(id))
    .sort((a, b) => a.number - b.number)
}

export function inOrder(groups: Iterable<Group>): Group[] {
  return [...groups]
    .filter(({ gone }) => !gone)
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
}
