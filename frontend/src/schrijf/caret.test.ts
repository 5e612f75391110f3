import { expect, it } from 'vitest'
import { moveCaret } from './caret'

it('keeps the caret between the same neighbours', () => {
  expect(moveCaret('abc', 'xabc', 1)).toBe(2) // typed before it
  expect(moveCaret('abc', 'abcx', 1)).toBe(1) // typed after it
  expect(moveCaret('abc', 'abxc', 2)).toBe(2) // typed where it stands
  expect(moveCaret('abcdef', 'af', 3)).toBe(1) // wiped around it
  expect(moveCaret('', 'abc', 0)).toBe(0)
  expect(moveCaret('abc', '', 2)).toBe(0)
})
