import { describe, expect, it } from 'vitest'
import { layZone } from './layout'
import {
  type Allowed,
  aimAt,
  commandFor,
  type Field,
  neighbour,
  within,
  withinRound,
} from './target'

const ALL: Allowed = { move: true, group: true }
const MOVE: Allowed = { move: true, group: false }

// Two groups side by side, and below them a row of three loose notes.
const field: Field = {
  zone: 'z',
  groups: [
    {
      id: 'g1',
      box: { x: 0, y: 0, w: 200, h: 100 },
      notes: [
        { id: 'a', box: { x: 10, y: 40, w: 80, h: 50 } },
        { id: 'b', box: { x: 110, y: 40, w: 80, h: 50 } },
      ],
    },
    { id: 'g2', box: { x: 220, y: 0, w: 100, h: 100 }, notes: [] },
  ],
  loose: [
    { id: 'c', box: { x: 0, y: 120, w: 100, h: 60 } },
    { id: 'd', box: { x: 110, y: 120, w: 100, h: 60 } },
    { id: 'e', box: { x: 220, y: 120, w: 100, h: 60 }, closed: true },
  ],
}

const at = (x: number, y: number, allowed = ALL, from: string | null = null) =>
  aimAt({ x, y }, field, allowed, from)
const place = (cluster: string | null, before: string | null) => ({
  kind: 'place',
  zone: 'z',
  cluster,
  before,
})

describe('where a carried note would land', () => {
  it('the middle of a loose note: with it', () => {
    expect(at(50, 150)).toEqual({ kind: 'with', zone: 'z', note: 'c' })
    expect(at(160, 150)).toEqual({ kind: 'with', zone: 'z', note: 'd' })
  })

  it('the sides of a note: before it, or before the next', () => {
    expect(at(5, 150)).toEqual(place(null, 'c'))
    expect(at(97, 150)).toEqual(place(null, 'd'))
    expect(at(105, 150)).toEqual(place(null, 'd'))
  })

  it('past the last one: at the end', () => {
    expect(at(318, 150)).toEqual(place(null, null))
    expect(at(50, 400)).toEqual(place(null, null))
  })

  it('a group: in it, between its notes', () => {
    expect(at(5, 10)).toEqual(place('g1', 'a'))
    expect(at(100, 60)).toEqual(place('g1', 'b'))
    expect(at(195, 60)).toEqual(place('g1', null))
    expect(at(50, 60)).toEqual(place('g1', 'b'))
    expect(at(260, 50)).toEqual(place('g2', null))
  })

  it('nothing is laid with a note that is private', () => {
    expect(at(270, 150)?.kind).toBe('place')
  })

  it('without the right to group: never with another, never in or out of a group', () => {
    expect(at(50, 150, MOVE)).toEqual(place(null, 'd'))
    expect(at(5, 150, MOVE)).toEqual(place(null, 'c'))
    expect(at(50, 60, MOVE)).toEqual(place(null, 'c'))
    expect(at(50, 60, MOVE, 'g1')).toEqual(place('g1', 'b'))
    expect(at(50, 150, MOVE, 'g1')).toBeNull()
  })

  it('the middle of every drawn note is that note, and left of it comes before it', () => {
    const ids = Array.from({ length: 60 }, (_, i) => `n${i}`)
    for (const [w, h] of [
      [900, 600],
      [320, 300],
      [150, 90],
    ] as const) {
      const laid = layZone([], ids, w, h)
      const loose = ids.map(id => ({ id, box: laid.notes.get(id) as never }))
      const drawn: Field = { zone: 'z', groups: [], loose }
      for (const { id, box } of loose as {
        id: string
        box: { x: number; y: number; w: number; h: number }
      }[]) {
        const y = box.y + box.h / 2
        expect(aimAt({ x: box.x + box.w / 2, y }, drawn, ALL, null)).toMatchObject({ note: id })
        expect(aimAt({ x: box.x + 0.5, y }, drawn, ALL, null)).toMatchObject({ before: id })
      }
    }
  })
})

describe('a drop is one command', () => {
  const fresh = () => 'fresh'
  const lies = { zone: 'z', cluster: null, after: 'd' }

  it('to a place', () => {
    const aim = { kind: 'place', zone: 'y', cluster: null, before: null } as const
    expect(commandFor('c', aim, lies, fresh)).toEqual({
      do: 'note.move',
      note: 'c',
      zone: 'y',
      cluster: null,
      before: null,
    })
  })

  it('with another note', () => {
    expect(commandFor('c', { kind: 'with', zone: 'z', note: 'd' }, lies, fresh)).toEqual({
      do: 'note.gather',
      note: 'c',
      target: 'd',
      cluster: 'fresh',
    })
  })

  it('nothing where it would stay as it lies', () => {
    const aim = { kind: 'place', zone: 'z', cluster: null } as const
    expect(commandFor('c', { ...aim, before: 'd' }, lies, fresh)).toBeNull()
    expect(commandFor('c', { ...aim, before: 'e' }, lies, fresh)).not.toBeNull()
    expect(commandFor('c', { kind: 'with', zone: 'z', note: 'c' }, lies, fresh)).toBeNull()
  })
})

describe('the neighbour in a direction', () => {
  const { box } = field.loose[1] as { box: { x: number; y: number; w: number; h: number } }
  const others = [...field.loose.filter(note => note.id !== 'd'), ...(field.groups[0]?.notes ?? [])]

  it('is the nearest straight ahead', () => {
    expect(neighbour(box, others, 'left')).toBe('c')
    expect(neighbour(box, others, 'right')).toBe('e')
    expect(neighbour(box, others, 'up')).toBe('b')
    expect(neighbour(box, others, 'down')).toBeNull()
  })
})

it('a circle does not reach the corners of its box', () => {
  const box = { x: 10, y: 10, w: 100, h: 60 }
  expect(within({ x: 13, y: 13 }, box)).toBe(true)
  expect(withinRound({ x: 13, y: 13 }, box)).toBe(false)
  expect(withinRound({ x: 60, y: 11 }, box)).toBe(true)
  expect(withinRound({ x: 60, y: 40 }, box)).toBe(true)
})
