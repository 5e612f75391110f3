import { describe, expect, it } from 'vitest'
import type { Evening, Group, Round, Scene, Step, Tally, Wall } from '../sync/protocol'
import { type Hall, pictureOf, sceneOf, without } from './picture'

const evening = {
  kind: 'sprint',
  id: 'avond',
  title: 'Vitale kernen',
  question: 'Hoe zorgen we dat mensen elkaar ontmoeten?',
  place: 'Kronenberg',
  date: 'donderdag',
  fixed: ['Er komt geen nieuw gebouw'],
  free: ['Wie het doet'],
  source: 'akkoord, bladzijde 7',
  level: 'meewerken',
  answer_from: '14 mei',
} as unknown as Evening
const stepWith = (scene: Scene) =>
  ({ id: 's', title: 'Vertel', instruction: 'Lees voor.', scene }) as unknown as Step
const wallWith = (more: Partial<Wall>): Wall => ({
  kind: 'wall',
  id: 'wand',
  scene: 'bord',
  items: [],
  page: 0,
  frozen: false,
  queue: [],
  covered: [],
  ...more,
})
const group = (id: string, rank: number, more: Partial<Group> = {}): Group => ({
  kind: 'group',
  id,
  title: `Groep ${id}`,
  rank,
  gone: false,
  ...more,
})
const hall = (more: Partial<Hall> = {}): Hall => ({
  evening,
  step: stepWith('bord'),
  wall: null,
  tally: null,
  round: null,
  kernen: new Map(),
  stemmen: new Map(),
  groups: [],
  beloften: [],
  open: 5,
  here: 0,
  turn: 0,
  whole: false,
  ...more,
})

describe('an evening in which nobody directed the wall yet', () => {
  it('follows the step: silence, the question, or the board', () => {
    expect(sceneOf(hall({ evening: null }))).toBe('opening')
    expect(sceneOf(hall({ step: stepWith('stilte') }))).toBe('stilte')
    expect(sceneOf(hall({ step: stepWith('welkom') }))).toBe('vraag')
    expect(sceneOf(hall({ step: stepWith('citaten') }))).toBe('bord')
    expect(sceneOf(hall({ open: 0 }))).toBe('vraag')
  })
})

describe('a wall that is directed', () => {
  it('shows what was chosen, whatever the step asks', () => {
    const wall = wallWith({ scene: 'pauze' })
    expect(sceneOf(hall({ wall, step: stepWith('stilte') }))).toBe('pauze')
  })

  it('has the board where a clock does not run', () => {
    const wall = wallWith({ scene: 'klok' })
    const running = { ...evening, timer_ends: 5 } as Evening
    expect(sceneOf(hall({ wall, evening: { ...evening, timer_ends: null } as Evening }))).toBe(
      'bord',
    )
    expect(sceneOf(hall({ wall, evening: running }))).toBe('klok')
  })

  it('asks the question as long as the board is empty', () => {
    expect(sceneOf(hall({ wall: wallWith({ scene: 'bord' }), open: 0 }))).toBe('vraag')
  })

  it('quotes three at a time, in turn, and nothing that is covered', () => {
    const items = ['a', 'b', 'c', 'd', 'e'].map(id => ({ id, text: `Woorden ${id}`, caption: '' }))
    const wall = wallWith({ scene: 'citaten', items, covered: ['b'] })
    const seen = (more: Partial<Hall>) => {
      const picture = pictureOf(hall({ wall, ...more }))
      return picture.scene === 'citaten' ? picture.quotes.map(({ id }) => id) : []
    }
    expect(seen({})).toEqual(['a', 'c', 'd'])
    expect(seen({ turn: 1 })).toEqual(['e'])
    expect(seen({ turn: 2 })).toEqual(['a', 'c', 'd'])
    expect(seen({ whole: true })).toEqual(['a', 'c', 'd', 'e'])
  })

  it('stands on the page that was chosen', () => {
    const beloften = Array.from({ length: 6 }, (_, i) => ({ id: `b${i}`, at: i, gone: false }))
    const seen = (page: number, turn: number) =>
      pictureOf(
        hall({ beloften: beloften as never, turn, wall: wallWith({ scene: 'belofte', page }) }),
      )
    expect(seen(0, 1)).toMatchObject({ page: 1, pages: 2 })
    expect(seen(1, 1)).toMatchObject({ page: 0 })
    expect(seen(9, 0)).toMatchObject({ page: 1 })
  })

  it('lays the harvest out in pages of nine, in its own order', () => {
    const groups = Array.from({ length: 11 }, (_, i) => group(`g${i}`, 100 - i))
    const first = pictureOf(hall({ groups, wall: wallWith({ scene: 'oogst' }) }))
    const second = pictureOf(hall({ groups, wall: wallWith({ scene: 'oogst' }), turn: 3 }))
    if (first.scene !== 'oogst' || second.scene !== 'oogst') throw new Error('another scene')
    expect(first.groups).toHaveLength(9)
    expect(first.pages).toBe(2)
    expect(first.groups[0]?.id).toBe('g10')
    expect(second.groups.map(({ id }) => id)).toEqual(['g1', 'g0'])
  })

  it('has no group without a name, in the bin, or covered', () => {
    const groups = [
      group('a', 1),
      group('b', 2, { title: '' }),
      group('c', 3, { gone: true }),
      group('d', 4),
    ]
    const picture = pictureOf(hall({ groups, wall: wallWith({ scene: 'oogst', covered: ['d'] }) }))
    expect(picture.scene === 'oogst' && picture.groups.map(({ id }) => id)).toEqual(['a'])
  })

  it('has no dots before the round is closed', () => {
    const round = {
      kind: 'round',
      id: 'r',
      title: 'Kies',
      open: true,
      voters: 12,
      items: ['a'],
      result: [{ item: 'a', dots: 9, paper: 0, kinds: [] }],
    } as unknown as Round
    const open = pictureOf(
      hall({ round, groups: [group('a', 1)], wall: wallWith({ scene: 'stemmen' }) }),
    )
    expect(open).toMatchObject({ open: true, voters: 12, bars: [] })
    const closed = pictureOf(
      hall({
        round: { ...round, open: false },
        groups: [group('a', 1)],
        wall: wallWith({ scene: 'stemmen' }),
      }),
    )
    expect(closed).toMatchObject({ open: false, bars: [{ text: 'Groep a', dots: 9 }] })
  })

  it('counts villages as it is told, the rest together', () => {
    const tally: Tally = {
      kind: 'tally',
      id: 't',
      people: 20,
      kernen: [
        { id: 'KRO', n: 4 },
        { id: 'MEL', n: 9 },
      ],
      stemmen: [],
      done: 12,
    }
    const kernen = new Map([
      ['KRO', { title: 'Kronenberg' }],
      ['MEL', { title: 'Melderslo' }],
    ])
    const picture = pictureOf(
      hall({ tally, kernen, here: 14, wall: wallWith({ scene: 'teller' }) }),
    )
    expect(picture).toMatchObject({
      people: 20,
      kernen: [
        { title: 'Melderslo', n: 9 },
        { title: 'Kronenberg', n: 4 },
      ],
      others: 7,
      done: 12,
      here: 14,
    })
  })
})

it('what stands still loses what is covered and nothing else', () => {
  const items = ['a', 'b'].map(id => ({ id, text: id, caption: '' }))
  const still = pictureOf(hall({ wall: wallWith({ scene: 'citaten', items }) }))
  expect(without(still, new Set(['a']))).toMatchObject({ quotes: [{ id: 'b' }] })
  expect(without(still, new Set())).toEqual(still)
})
