import { describe, expect, it } from 'vitest'
import { bare, caretIn, shown, tableIn, tokenIn } from './code'

describe('the join code', () => {
  it.each(['ABC-DEF', 'abcdef', 'abc def', ' a b c - d e f ', 'ABC–DEF', 'abc.def', 'ABC-DEFGH'])(
    '%s is ABC-DEF',
    typed => {
      expect(bare(typed)).toBe('ABCDEF')
      expect(shown(typed)).toBe('ABC-DEF')
    },
  )

  it('shows the dash with the fourth character and takes it away again', () => {
    expect(['A', 'AB', 'ABC', 'ABCD', 'ABC-D', 'ABC-'].map(shown)).toEqual([
      'A',
      'AB',
      'ABC',
      'ABC-D',
      'ABC-D',
      'ABC',
    ])
  })

  it('leaves the caret behind the character it stood behind', () => {
    expect(caretIn('ABCD', 4)).toBe(5)
    expect(caretIn('AXBC-D', 2)).toBe(2)
    expect(caretIn('ab c', 3)).toBe(2)
    expect(caretIn('ABC-DEF', 7)).toBe(7)
    expect(caretIn('ABCXDEF', 4)).toBe(5)
  })

  it('finds the token of a pasted link', () => {
    expect(tokenIn('http://192.168.1.5:8000/#t=abcDEF0123456789_-xy')).toBe('abcDEF0123456789_-xy')
    expect(tokenIn('ABC-DEF')).toBeNull()
  })

  it('finds the table of the card behind the token', () => {
    expect(tableIn('#t=abcDEF0123456789_-xy&tafel=tafel-4')).toBe('tafel-4')
    expect(tableIn('#t=abcDEF0123456789_-xy')).toBeNull()
  })
})
