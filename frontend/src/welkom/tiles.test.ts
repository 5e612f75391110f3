import { expect, it } from 'vitest'
import type { Kern } from '../sync/protocol'
import { tileMap } from './tiles'

const kern = (id: string, column: number, row: number): Kern => ({
  kind: 'kern',
  id,
  code: id,
  title: id,
  column,
  row,
  rank: 0,
})

it('lays the villages as they lie, from the north-west on', () => {
  const map = tileMap([kern('LOT', 5, 5), kern('AME', 2, 4), kern('HOR', 3, 4)])
  expect(map?.tiles.map(({ kern, column, row }) => [kern.id, column, row])).toEqual([
    ['AME', 1, 1],
    ['HOR', 2, 1],
    ['LOT', 4, 2],
  ])
  expect([map?.columns, map?.rows]).toEqual([4, 2])
})

it('draws no map of villages without a place, or on top of each other', () => {
  expect(tileMap([kern('AME', 2, 4), kern('HOR', 0, 0)])).toBeNull()
  expect(tileMap([kern('AME', 2, 4), kern('HOR', 2, 4)])).toBeNull()
  expect(tileMap([kern('AME', 2, 4)])).toBeNull()
})
