import { expect, it } from 'vitest'
import { answered, battery, clock, ownAnswer, storage, summary } from './checks'

it('the board answers quickly, slowly or not', () => {
  expect([answered(399), answered(400), answered(401), answered(null)]).toEqual([
    'goed',
    'goed',
    'let op',
    'fout',
  ])
})

it('a clock that is minutes off is told, and no more than that', () => {
  expect([clock(0), clock(-90_000), clock(90_001), clock(-3_600_000)]).toEqual([
    'goed',
    'goed',
    'let op',
    'let op',
  ])
})

it('what can not be kept is wrong; what may be tidied up is told', () => {
  expect([storage(true, true), storage(true, false), storage(false, true)]).toEqual([
    'goed',
    'let op',
    'fout',
  ])
})

it('a battery lasts the evening, or hangs on a cable', () => {
  expect([battery(0.5, false), battery(0.49, false), battery(0.1, true)]).toEqual([
    'goed',
    'let op',
    'goed',
  ])
})

it('a page of the Wi-Fi is not an answer of the board', () => {
  expect(ownAnswer(200, false, { ok: true })).toBe('goed')
  expect(ownAnswer(200, false, null)).toBe('fout')
  expect(ownAnswer(200, true, { ok: true })).toBe('fout')
  expect(ownAnswer(511, false, { ok: true })).toBe('fout')
})

it('adds up to the worst', () => {
  const good = { bord: 'goed', wifi: 'goed', klok: 'goed', opslag: 'goed' } as const
  expect(summary(good)).toBe('goed')
  expect(summary({ ...good, opslag: 'let op' })).toBe('goed')
  expect(summary({ ...good, opslag: 'fout' })).toBe('fout')
  expect(summary({ ...good, batterij: 'let op' })).toBe('let op')
  expect(summary({ ...good, batterij: 'let op', proefbriefje: 'fout' })).toBe('fout')
})
