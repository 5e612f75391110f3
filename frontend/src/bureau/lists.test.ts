import { describe, expect, it } from 'vitest'
import { asText, clock, field, lines, listed, minutesOf, moved, villages } from './lists'

describe('a list that is pasted', () => {
  it('takes names, one per line, and makes codes of them', () => {
    expect(listed('America\n\n  Broekhuizen \nBroekhuizenvorst\n')).toEqual([
      { code: 'AME', title: 'America' },
      { code: 'BRO', title: 'Broekhuizen' },
      { code: 'BRO2', title: 'Broekhuizenvorst' },
    ])
  })

  it('takes codes with names, behind a semicolon, a tab or a blank', () => {
    const expected = [
      { code: 'IO', title: 'inwoner 65+' },
      { code: 'ON', title: 'ondernemer' },
      { code: 'WC', title: 'woningcorporatie' },
    ]
    expect(listed('IO; inwoner 65+\nON\tondernemer\nWC woningcorporatie')).toEqual(expected)
  })

  it('takes the tile of a kern, with or without a code', () => {
    expect(villages('AME; America; 2; 4\nKronenberg;2;6\nMeerlo')).toEqual([
      { code: 'AME', title: 'America', column: 2, row: 4 },
      { code: 'KRO', title: 'Kronenberg', column: 2, row: 6 },
      { code: 'MEE', title: 'Meerlo', column: 0, row: 0 },
    ])
  })

  it('never gives two the same code, also beside one that is written', () => {
    const codes = villages('Meerlo\nMeerdorp\nMEE; Meterik\n→').map(one => one.code)
    expect(codes).toEqual(['MEE2', 'MEE3', 'MEE', 'X'])
  })

  it('comes back as it was written', () => {
    const text = 'AME; America; 2; 4\nKRO; Kronenberg'
    expect(asText(villages(text))).toBe(text)
    expect(villages(asText(villages(text)))).toEqual(villages(text))
    expect(lines(' a \n\n b')).toEqual(['a', 'b'])
  })
})

describe('a clock', () => {
  it('is written with a point and filled in with a colon', () => {
    expect(clock(19 * 60 + 5)).toBe('19.05')
    expect(field(0)).toBe('00:00')
    expect(clock(24 * 60 + 15)).toBe('00.15')
    expect(minutesOf('19:30')).toBe(1170)
    expect(minutesOf('')).toBe(null)
  })
})

describe('an order', () => {
  it('moves one and keeps the others as they were', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
  })
})
