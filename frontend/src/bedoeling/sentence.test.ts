import { describe, expect, it } from 'vitest'
import { isWhole, lineOf, type Made, sentenceOf, tidyParts, versionOf, wordCount } from './sentence'

describe('the frame', () => {
  it('is fixed, and ends with one dot', () => {
    const whole = 'Wij doen dit zodat iedereen in het dorp mensen kan ontmoeten.'
    expect(sentenceOf({ wie: 'iedereen in het dorp', wat: 'mensen kan ontmoeten' })).toBe(whole)
    expect(sentenceOf({ wie: ' iedereen  in het dorp ', wat: 'mensen kan ontmoeten. ' })).toBe(
      whole,
    )
    expect(sentenceOf({ wie: 'jij', wat: 'mee kan doen!' })).toBe(
      'Wij doen dit zodat jij mee kan doen!',
    )
  })

  it('grows while it is written', () => {
    expect(sentenceOf({ wie: '', wat: '' })).toBe('Wij doen dit zodat')
    expect(sentenceOf({ wie: 'iedereen', wat: '' })).toBe('Wij doen dit zodat iedereen')
  })

  it('is whole with both parts', () => {
    expect(isWhole({ wie: 'iedereen', wat: 'gemist wordt' })).toBe(true)
    expect(isWhole({ wie: 'iedereen', wat: ' . ' })).toBe(false)
    expect(isWhole({ wie: '', wat: 'gemist wordt' })).toBe(false)
    expect(tidyParts({ wie: ' wij ', wat: 'het merken.' })).toEqual({
      wie: 'wij',
      wat: 'het merken',
    })
  })

  it('counts words as people do', () => {
    expect(wordCount('Wij doen dit zodat niemand alleen is.')).toBe(7)
    expect(wordCount('Wij doen dit - zodat …')).toBe(4)
    expect(wordCount('')).toBe(0)
  })
})

describe('versions', () => {
  const made = (id: string, at: number, ...of: string[]): Made => ({ id, at, of })
  const all = [
    made('tafel-2', 1),
    made('tafel-5', 2),
    made('samen', 3, 'tafel-2', 'tafel-5'),
    made('zaal', 4, 'samen'),
    made('los', 5),
  ]
  const find = (id: string) => all.find(one => one.id === id)

  it('count from what a sentence was made of', () => {
    expect(all.map(({ id }) => versionOf(id, find))).toEqual([1, 1, 2, 3, 1])
  })

  it('stand in one line, whichever of them is asked', () => {
    expect(lineOf('zaal', all).map(one => one.id)).toEqual(['tafel-2', 'tafel-5', 'samen', 'zaal'])
    expect(lineOf('tafel-5', all).map(one => one.id)).toEqual(['tafel-5', 'samen', 'zaal'])
    expect(lineOf('los', all).map(one => one.id)).toEqual(['los'])
  })

  it('do not go round for ever, whatever is told', () => {
    const circle = [made('a', 1, 'b'), made('b', 2, 'a')]
    expect(versionOf('a', id => circle.find(one => one.id === id))).toBe(2)
    expect(lineOf('a', circle).map(one => one.id)).toEqual(['a', 'b'])
  })
})
