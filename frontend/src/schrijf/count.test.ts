import { expect, it } from 'vitest'
import { BUDGET, codePoints, leftOf } from './count'

it('counts code points, not halves of them', () => {
  expect(codePoints('fietsen 🚲')).toBe(9)
  expect(leftOf('')).toBe(BUDGET)
  expect(leftOf('  één  ')).toBe(BUDGET - 3)
  expect(leftOf('🚲'.repeat(BUDGET + 1))).toBe(-1)
})

it.each([-1, 0, 1])('tells what is left around the budget (%i)', over => {
  expect(leftOf('é'.repeat(BUDGET + over))).toBe(0 - over)
})
