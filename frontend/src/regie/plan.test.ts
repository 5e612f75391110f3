import { describe, expect, it } from 'vitest'
import { beforeWhich, expected, nextOf, partsOf, previousOf } from './plan'

const step = (id: string, board: string, minutes = 5, skipped = false) => ({
  id,
  board,
  minutes,
  skipped,
})
const PLAN = [
  step('binnen', 'T1'),
  step('speel', 'T1', 3, true),
  step('denk', 'T2', 2),
  step('schrijf', 'T2', 8),
]

describe('the plan', () => {
  it('crosses boards and passes over what is skipped', () => {
    expect(nextOf(PLAN, 'binnen')?.id).toBe('denk')
    expect(previousOf(PLAN, 'denk')?.id).toBe('binnen')
  })

  it('ends, and begins where nothing is on yet', () => {
    expect(nextOf(PLAN, 'schrijf')).toBeUndefined()
    expect(previousOf(PLAN, 'binnen')).toBeUndefined()
    expect(nextOf(PLAN, null)?.id).toBe('binnen')
    expect(previousOf(PLAN, null)).toBeUndefined()
  })

  it('lies under its boards', () => {
    const boards = new Map([
      ['T1', { id: 'T1' }],
      ['T2', { id: 'T2' }],
    ])
    expect(partsOf(PLAN, boards).map(part => [part.board.id, part.steps.length])).toEqual([
      ['T1', 2],
      ['T2', 2],
    ])
  })

  it('knows where a step lands', () => {
    const row = [{ id: 'a' }, { id: 'b' }, { id: 'c' }]
    expect(beforeWhich(row, 'b', 'up')).toBe('a')
    expect(beforeWhich(row, 'a', 'up')).toBeUndefined()
    expect(beforeWhich(row, 'a', 'down')).toBe('c')
    expect(beforeWhich(row, 'b', 'down')).toBeNull()
    expect(beforeWhich(row, 'c', 'down')).toBeUndefined()
  })

  it('says about when each step begins', () => {
    const minute = 60_000
    const without = expected(PLAN, 'binnen', 0, null)
    expect(without.get('denk')).toBe(5 * minute)
    expect(without.get('schrijf')).toBe(7 * minute)
    expect(without.has('speel')).toBe(false)
    expect(expected(PLAN, 'binnen', 0, 9 * minute).get('denk')).toBe(9 * minute)
    expect(expected(PLAN, 'binnen', 20 * minute, 9 * minute).get('denk')).toBe(20 * minute)
  })
})
