// The schematic map of the villages: equal tiles, column 1 in the west and row 1 in the north. Pure.

import type { Kern } from '../sync/protocol'

export interface Tile {
  kern: Kern
  column: number
  row: number
}

export interface TileMap {
  columns: number
  rows: number
  tiles: Tile[]
}

/** A map without empty edges, or null where there is none to draw: not every village has a place,
 * or two have the same. */
export function tileMap(kernen: readonly Kern[]): TileMap | null {
  if (kernen.length < 2) return null
  const taken = new Set<string>()
  for (const { column, row } of kernen) {
    const place = `${column}/${row}`
    if (column < 1 || row < 1 || taken.has(place)) return null
    taken.add(place)
  }
  const west = Math.min(...kernen.map(kern => kern.column))
  const north = Math.min(...kernen.map(kern => kern.row))
  const tiles = kernen
    .map(kern => ({ kern, column: kern.column - west + 1, row: kern.row - north + 1 }))
    .sort((a, b) => a.row - b.row || a.column - b.column)
  return {
    tiles,
    columns: Math.max(...tiles.map(tile => tile.column)),
    rows: Math.max(...tiles.map(tile => tile.row)),
  }
}
