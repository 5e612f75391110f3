/* What the facilitator should know of each table at a glance. Pure: everything comes in as it is
   known, the time too. It counts notes and never reads one.

   A table is *silent* when the step asks for writing and nothing has come from it for a while. */

import type { Device, Place, Step, Table } from '../sync/protocol'

export const SILENT_MS = 3 * 60_000
const LONG_AGO = 0

interface Written {
  table: string | null
  step: string | null
  at: number
  gone: boolean
}

export interface AtTable {
  /** Null: the screens that sit at no table. */
  table: Table | null
  seats: string[]
  online: number
  away: number
  unsent: number
  notes: number
  /** Whole minutes without a note, when that is long enough to tell. */
  silent: number | null
  done: number
  help: Place[]
  check: Check
}

export type Check = 'not_yet' | 'good' | 'look'

export interface Hall {
  tables: Iterable<Table>
  places: Iterable<Place>
  devices: readonly Device[]
  notes: Iterable<Written>
  step: Pick<Step, 'id' | 'may' | 'write'> | null
  /** When the step that is on came on. */
  since: number
  now: number
}

const IN_THE_HALL = new Set(['deelnemer', 'tafelbegeleider'])

export function tablesOf(hall: Hall): AtTable[] {
  const rows = new Map<string | null, AtTable>()
  const row = (table: Table | null): AtTable => {
    const made: AtTable = {
      table,
      seats: [],
      online: 0,
      away: 0,
      unsent: 0,
      notes: 0,
      silent: null,
      done: 0,
      help: [],
      check: 'not_yet',
    }
    rows.set(table?.id ?? null, made)
    return made
  }
  const tables = [...hall.tables].sort((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1))
  for (const table of tables) row(table)
  const known = (id: string | null | undefined) => (id && rows.has(id) ? id : null)
  const at = (id: string | null) => rows.get(id) ?? row(null)

  const seated = new Map<string, Place>()
  for (const place of hall.places) {
    if (IN_THE_HALL.has(place.role)) seated.set(place.id, place)
  }
  for (const place of seated.values()) {
    const here = at(known(place.table))
    if (place.removed) continue
    here.seats.push(place.id)
    if (hall.step !== null && place.done === hall.step.id) here.done++
    if (place.help !== null) here.help.push(place)
    here.check = worst(here.check, checkOf(place))
  }
  for (const device of hall.devices) {
    if (!IN_THE_HALL.has(device.role)) continue
    const place = seated.get(device.seat)
    const here = at(known(place?.table))
    if (!place && !here.seats.includes(device.seat)) here.seats.push(device.seat)
    if (device.online) here.online++
    else here.away++
    here.unsent += device.unsent
  }
  const last = new Map<string | null, number>()
  for (const note of hall.notes) {
    if (note.gone) continue
    const id = known(note.table)
    if (id === null) continue
    at(id).notes++
    last.set(id, Math.max(last.get(id) ?? LONG_AGO, note.at))
  }
  const writing = hall.step?.may.includes('schrijven') === true && hall.step.write !== 'niemand'
  for (const [id, here] of rows) {
    here.help.sort((a, b) => (a.help ?? 0) - (b.help ?? 0))
    if (!writing || id === null || here.online === 0) continue
    const quiet = hall.now - Math.max(last.get(id) ?? LONG_AGO, hall.since)
    if (quiet >= SILENT_MS) here.silent = Math.floor(quiet / 60_000)
  }
  return [...rows.values()]
}

/** What a room check found: everything good, something to look at, or nothing yet. */
export function checkOf(place: Pick<Place, 'check' | 'checked'>): Check {
  if (place.checked === null) return 'not_yet'
  return badIn(place).length > 0 ? 'look' : 'good'
}

/** What was tried in a room check and did not go well. What may be tidied up by the browser
 * (`opslag`) is told on the screen itself and is nothing to walk over for. */
export function badIn({ check }: Pick<Place, 'check'>): string[] {
  return Object.entries(check).flatMap(([what, found]) =>
    found === 'goed' || (what === 'opslag' && found === 'let op') ? [] : [what],
  )
}

function worst(one: Check, other: Check): Check {
  if (one === 'look' || other === 'look') return 'look'
  return one === 'good' || other === 'good' ? 'good' : 'not_yet'
}

export interface Waiting {
  /** Notes and changes that screens in the hall have not sent yet. */
  unsent: number
  /** Tables (null: of no table) with something unsent, or whose screens are gone. */
  rows: AtTable[]
  /** Screens that are gone: what they hold is not known. */
  away: number
}

/** What *Sluit af* still waits for. */
export function waitingFor(rows: readonly AtTable[]): Waiting {
  return {
    unsent: rows.reduce((sum, { unsent }) => sum + unsent, 0),
    away: rows.reduce((sum, { away }) => sum + away, 0),
    rows: rows.filter(({ unsent, away }) => unsent > 0 || away > 0),
  }
}
