import { describe, expect, it } from 'vitest'
import type { Ballot, Round } from '../sync/protocol'
import {
  ballotOf,
  byWeight,
  given,
  leftOf,
  mayAdd,
  mayTake,
  spent,
  type Voter,
  withoutKind,
} from './dots'

const round: Round = {
  id: 'rond',
  title: 'Wat weegt zwaar?',
  step: null,
  per: 'persoon',
  budget: 3,
  most: 2,
  own: true,
  items: ['g-een', 'g-twee', 'g-drie'],
  open: true,
  voters: 0,
  result: [],
  at: 0,
  kind: 'round',
}
function ballot(dots: Record<string, number>, more: Partial<Ballot> = {}): Ballot {
  return {
    id: 'b',
    round: 'rond',
    seat: 'ik',
    turn: 0,
    table: null,
    stem: null,
    shared: false,
    paper: false,
    voters: 1,
    dots,
    kind: 'ballot',
    ...more,
  }
}
const me: Voter = { seat: 'ik', turn: 0, table: 'tafel-4' }

describe('the budget', () => {
  it('counts what lies and what is left', () => {
    const mine = ballot({ 'g-een': 2 })
    expect([spent(mine), leftOf(round, mine), given(mine, 'g-een')]).toEqual([2, 1, 2])
    expect([spent(undefined), leftOf(round, undefined)]).toEqual([0, 3])
  })

  it('offers no dot that will not be taken', () => {
    expect(mayAdd(round, undefined, 'g-een')).toBe(true)
    expect(mayAdd(round, ballot({ 'g-een': 2 }), 'g-een')).toBe(false) // the most on one
    expect(mayAdd(round, ballot({ 'g-een': 2 }), 'g-twee')).toBe(true)
    expect(mayAdd(round, ballot({ 'g-een': 2, 'g-twee': 1 }), 'g-drie')).toBe(false)
    expect(mayAdd(round, undefined, 'g-vier')).toBe(false) // not in this round
    expect(mayAdd({ ...round, open: false }, undefined, 'g-een')).toBe(false)
  })

  it('takes back only what lies there', () => {
    expect(mayTake(round, ballot({ 'g-een': 1 }), 'g-een')).toBe(true)
    expect(mayTake(round, ballot({ 'g-een': 1 }), 'g-twee')).toBe(false)
    expect(mayTake({ ...round, open: false }, ballot({ 'g-een': 1 }), 'g-een')).toBe(false)
  })

  it('never lets anybody over it, whatever is pressed', () => {
    const mine = ballot({})
    for (let press = 0; press < 60; press++) {
      const item = round.items[(press * 7 + 3) % 3] as string
      if (press % 5 === 4) {
        if (mayTake(round, mine, item)) mine.dots[item] = given(mine, item) - 1
      } else if (mayAdd(round, mine, item)) mine.dots[item] = given(mine, item) + 1
      expect(spent(mine)).toBeLessThanOrEqual(3)
      for (const dots of Object.values(mine.dots)) expect(dots).toBeLessThanOrEqual(2)
    }
  })
})

describe('whose ballot', () => {
  it('is of the turn: who has the tablet next begins anew', () => {
    const ballots = [ballot({ 'g-een': 1 }), ballot({ 'g-twee': 2 }, { id: 'c', turn: 1 })]
    expect(ballotOf(round, ballots, me)?.id).toBe('b')
    expect(ballotOf(round, ballots, { ...me, turn: 1 })?.id).toBe('c')
    expect(ballotOf(round, ballots, { ...me, turn: 2 })).toBeUndefined()
  })

  it('is of the table where tables choose', () => {
    const ours = ballot({ 'g-een': 1 }, { shared: true, seat: null, table: 'tafel-4' })
    const theirs = ballot({ 'g-een': 1 }, { shared: true, seat: null, table: 'tafel-5', id: 'c' })
    const perTable: Round = { ...round, per: 'tafel' }
    expect(ballotOf(perTable, [theirs, ours], me)).toBe(ours)
    expect(ballotOf(perTable, [ours], { ...me, table: null })).toBeUndefined()
    expect(ballotOf(round, [ours], me)).toBeUndefined()
  })

  it('is never one of paper, or of another round', () => {
    expect(ballotOf(round, [ballot({}, { paper: true })], me)).toBeUndefined()
    expect(ballotOf(round, [ballot({}, { round: 'een-andere' })], me)).toBeUndefined()
  })
})

describe('what weighs', () => {
  const closed: Round = {
    ...round,
    open: false,
    result: [
      {
        item: 'g-twee',
        dots: 9,
        paper: 2,
        kinds: [
          { kind: 'inwoner', dots: 4 },
          { kind: 'overig', dots: 2 },
        ],
      },
      { item: 'g-een', dots: 1, paper: 0, kinds: [] },
    ],
  }

  it('goes from heavy to light, and nothing is left out', () => {
    expect(byWeight(closed).map(({ item, dots }) => [item, dots])).toEqual([
      ['g-twee', 9],
      ['g-een', 1],
      ['g-drie', 0],
    ])
  })

  it('counts apart the dots that belong to too few people', () => {
    expect(byWeight(closed).map(withoutKind)).toEqual([1, 1, 0])
  })
})
