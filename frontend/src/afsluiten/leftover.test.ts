import { expect, it } from 'vitest'
import { readable } from './leftover'

it.each([
  ['  half een zin ', 'half een zin'],
  ['{"wie":"ouderen","wat":"thuis kunnen blijven"}', 'ouderen thuis kunnen blijven'],
  ['{"wie":"","wat":""}', ''],
  ['12', '12'],
  ['', ''],
])('%s', (draft, words) => {
  expect(readable(draft)).toBe(words)
})
