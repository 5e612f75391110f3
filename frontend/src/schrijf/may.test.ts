import { expect, it } from 'vitest'
import { type Writer, whyNot, whyNotIn } from './may'

const anna: Writer = {
  role: 'deelnemer',
  evening: { frozen: false, phase: 'open' },
  step: { may: ['schrijven'], write: 'iedereen' },
  place: null,
}
const scribe: Writer = { ...anna, place: { stand: 'notuleren' } }

it('everybody writes where everybody may', () => {
  expect(whyNot(anna)).toBe(null)
  expect(whyNotIn({ write: 'iedereen', tap: false }, anna)).toBe(null)
})

it('says why not: the step, the evening, or who does', () => {
  expect(whyNot({ ...anna, step: null })).toBe('step')
  expect(whyNot({ ...anna, step: { may: ['stemmen'], write: 'iedereen' } })).toBe('step')
  expect(whyNot({ ...anna, evening: { frozen: true, phase: 'open' } })).toBe('frozen')
  expect(whyNot({ ...anna, evening: { frozen: false, phase: 'closed' } })).toBe('closed')
  expect(whyNot({ ...anna, evening: { frozen: false, phase: 'closing' } })).toBe(null)
  expect(whyNot({ ...anna, step: { may: ['schrijven'], write: 'niemand' } })).toBe('nobody')
})

it('where the scribe writes, others see that the scribe does', () => {
  const step = { may: ['schrijven' as const], write: 'schrijver' as const }
  expect(whyNot({ ...anna, step })).toBe('scribe')
  expect(whyNot({ ...scribe, step })).toBe(null)
})

it('a step for the facilitator is no participant’s, and no zone to tap in is anybody’s', () => {
  const step = { may: ['schrijven' as const], write: 'begeleider' as const }
  expect(whyNot({ ...scribe, step })).toBe('facilitator')
  expect(whyNot({ ...scribe, step, role: 'tafelbegeleider' })).toBe(null)
  expect(whyNotIn({ write: 'begeleider', tap: false }, anna)).toBe('facilitator')
  expect(whyNotIn({ write: 'iedereen', tap: true }, { ...anna, role: 'begeleider' })).toBe('nobody')
})
