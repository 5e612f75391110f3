import { describe, expect, it } from 'vitest'
import type { Group, Table } from '../sync/protocol'
import { inOrder, type Passing, streamOf, uncovered } from './stream'

const note = (id: string, at: number, more: Partial<Passing> = {}): Passing => ({
  id,
  zone: 'z',
  table: 't5',
  type: 'moment',
  at,
  hidden: false,
  gone: false,
  group: null,
  ...more,
})
const ZONES = new Map([
  ['z', { board: 'T2' }],
  ['y', { board: 'T3' }],
  ['w', { board: 'T1' }],
])
const BOARDS = new Map([
  ['T1', { form: 'welkom' as const }],
  ['T2', { form: 'kolommen' as const }],
  ['T3', { form: 'cirkels' as const }],
])
const EVERYTHING = { board: null, table: null, loose: true }
const seen = (notes: Passing[], wanted = {}) =>
  streamOf(notes, { ...EVERYTHING, ...wanted }, ZONES, BOARDS).map(({ id }) => id)
const table = (number: number) => ({ id: `t${number}`, number }) as Table

describe('the stream', () => {
  it('has the oldest first', () => {
    expect(seen([note('b', 2), note('a', 1), note('c', 2)])).toEqual(['a', 'b', 'c'])
  })

  it('has nothing that is private, thrown away or about something else', () => {
    const notes = [
      note('a', 1, { hidden: true }),
      note('b', 2, { gone: true }),
      note('c', 3, { type: 'bezwaar' }),
      note('d', 4, { zone: 'w' }),
      note('e', 5, { zone: 'lost' }),
      note('f', 6),
    ]
    expect(seen(notes)).toEqual(['f'])
  })

  it('can be of one table, of one board, and with what lies in a group', () => {
    const notes = [
      note('a', 1, { table: 't1' }),
      note('b', 2, { zone: 'y' }),
      note('c', 3, { group: 'g' }),
    ]
    expect(seen(notes, { table: 't1' })).toEqual(['a'])
    expect(seen(notes, { board: 'T3' })).toEqual(['b'])
    expect(seen(notes, { loose: false })).toEqual(['a', 'b', 'c'])
  })
})

it('names the tables of which nothing lies in a group yet', () => {
  const notes = [
    note('a', 1, { table: 't5' }),
    note('b', 2, { table: 't1', group: 'g' }),
    note('c', 3, { table: 't1' }),
    note('d', 4, { table: 't2', hidden: true }),
  ]
  const tables = [table(5), table(2), table(1)]
  expect(uncovered(tables, notes, ZONES, BOARDS).map(({ number }) => number)).toEqual([5])
})

it('has groups in their own order, without those that went', () => {
  const group = (id: string, rank: number, gone = false) => ({ id, rank, gone }) as Group
  expect(inOrder([group('b', 2), group('a', 1), group('c', 0, true)]).map(({ id }) => id)).toEqual([
    'a',
    'b',
  ])
})
