import { describe, expect, it } from 'vitest'
import type { Device, Place, Table } from '../sync/protocol'
import { badIn, checkOf, type Hall, SILENT_MS, tablesOf, waitingFor } from './tables'

const table = (number: number): Table => ({
  kind: 'table',
  id: `tafel-${number}`,
  number,
  people: 6,
  quote: null,
  volgcode: '',
})
const place = (id: string, at: string | null, more: Partial<Place> = {}): Place => ({
  kind: 'place',
  id,
  role: 'deelnemer',
  table: at,
  stand: 'schrijven',
  turn: 0,
  stem: null,
  kern: null,
  help: null,
  done: null,
  removed: false,
  check: {},
  checked: null,
  ...more,
})
const device = (seat: string, more: Partial<Device> = {}): Device => ({
  who: `w-${seat}`,
  seat,
  role: 'deelnemer',
  online: true,
  unsent: 0,
  since: 0,
  ...more,
})
const note = (at: number, where: string | null) => ({ table: where, step: 's', at, gone: false })
const hall = (more: Partial<Hall>): Hall => ({
  tables: [table(2), table(1)],
  places: [place('a', 'tafel-1'), place('b', 'tafel-2')],
  devices: [device('a'), device('b')],
  notes: [],
  step: { id: 's', may: ['schrijven'], write: 'iedereen' },
  since: 0,
  now: SILENT_MS,
  ...more,
})

describe('the tables at a glance', () => {
  it('stand in the order of their numbers', () => {
    expect(tablesOf(hall({})).map(row => row.table?.number)).toEqual([1, 2])
  })

  it('tells which table is silent, and since when', () => {
    const rows = tablesOf(hall({ notes: [note(SILENT_MS - 10, 'tafel-1')], now: SILENT_MS + 5 }))
    expect(rows.map(row => row.silent)).toEqual([null, 3])
    expect(rows.map(row => row.notes)).toEqual([1, 0])
  })

  it('calls no table silent where nobody writes, or where nobody is', () => {
    const listening = hall({ step: { id: 's', may: ['groeperen'], write: 'iedereen' } })
    expect(tablesOf(listening).every(row => row.silent === null)).toBe(true)
    const empty = hall({ devices: [device('a'), device('b', { online: false })] })
    expect(tablesOf(empty).map(row => row.silent)).toEqual([3, null])
  })

  it('counts who is ready with this step only', () => {
    const places = [
      place('a', 'tafel-1', { done: 's' }),
      place('b', 'tafel-2', { done: 'earlier' }),
    ]
    expect(tablesOf(hall({ places })).map(row => row.done)).toEqual([1, 0])
  })

  it('puts who asked for help first, first', () => {
    const places = [
      place('a', 'tafel-1', { help: 20 }),
      place('b', 'tafel-1', { help: 10 }),
      place('c', 'tafel-1'),
    ]
    expect(tablesOf(hall({ places }))[0]?.help.map(({ id }) => id)).toEqual(['b', 'a'])
  })

  it('keeps screens without a table apart, and walls out of it', () => {
    const devices = [device('z'), device('wand', { role: 'wand', unsent: 3 })]
    const rows = tablesOf(hall({ devices }))
    expect(rows.at(-1)?.table).toBeNull()
    expect(rows.at(-1)?.seats).toEqual(['z'])
    expect(waitingFor(rows).unsent).toBe(0)
  })

  it('leaves a removed seat out', () => {
    const places = [place('a', 'tafel-1', { removed: true, help: 4 })]
    expect(tablesOf(hall({ places, devices: [] }))[0]).toMatchObject({ seats: [], help: [] })
  })

  it('knows what closing waits for, and where', () => {
    const devices = [device('a', { unsent: 3 }), device('b', { online: false })]
    const waiting = waitingFor(tablesOf(hall({ devices })))
    expect(waiting.unsent).toBe(3)
    expect(waiting.away).toBe(1)
    expect(waiting.rows.map(row => row.table?.number)).toEqual([1, 2])
  })

  it('reads a room check', () => {
    expect(checkOf({ check: {}, checked: null })).toBe('not_yet')
    expect(checkOf({ check: { net: 'goed' }, checked: 1 })).toBe('good')
    expect(checkOf({ check: { net: 'goed', klok: 'fout' }, checked: 1 })).toBe('look')
    expect(checkOf({ check: { net: 'goed', opslag: 'let op' }, checked: 1 })).toBe('good')
    expect(badIn({ check: { net: 'goed', klok: 'let op' } })).toEqual(['klok'])
  })
})
