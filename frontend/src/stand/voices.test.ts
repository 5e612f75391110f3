import { describe, expect, it } from 'vitest'
import type { Stem } from '../sync/protocol'
import { chosenBy, keyOf, voiceOf } from './voices'

const press = (key: string, more: Partial<Parameters<typeof chosenBy>[0]> = {}) => ({
  key,
  code: '',
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
})
const stems = ['IO', 'ON', 'VV'].map(
  (id, rank): Stem => ({ kind: 'stem', id, code: id, title: id, rank }),
)

describe('the keys of a scribe', () => {
  it('a digit is a voice in an empty field', () => {
    expect(chosenBy(press('2'), true)).toEqual({ voice: 1 })
    expect(chosenBy(press('0'), true)).toBeNull()
  })

  it('and a digit in the middle of a text', () => {
    expect(chosenBy(press('2'), false)).toBeNull()
    expect(chosenBy(press('>'), false)).toBeNull()
  })

  it('with Alt it is a voice anywhere, whatever sign the keyboard makes of it', () => {
    expect(chosenBy(press('2', { altKey: true }), false)).toEqual({ voice: 1 })
    expect(chosenBy(press('™', { altKey: true, code: 'Digit2' }), false)).toEqual({ voice: 1 })
  })

  it('leaves the shortcuts of the browser alone', () => {
    expect(chosenBy(press('1', { ctrlKey: true }), true)).toBeNull()
    expect(chosenBy(press('1', { metaKey: true }), true)).toBeNull()
  })

  it('› is the last speaker again', () => {
    expect(chosenBy(press('>'), true)).toBe('again')
    expect(voiceOf('again', stems, 'VV')).toBe('VV')
    expect(voiceOf('again', stems, null)).toBeUndefined()
  })

  it('a key without a voice behind it chooses nothing', () => {
    expect(voiceOf({ voice: 1 }, stems, null)).toBe('ON')
    expect(voiceOf({ voice: 7 }, stems, null)).toBeUndefined()
    expect([0, 8, 9].map(keyOf)).toEqual(['1', '9', null])
  })
})
