import { expect, it } from 'vitest'
import { at, inside, rootOf } from './below'

it.each([
  ['https://bord.example.nl/assets/index-abc.js', ''],
  ['https://gemeente.nl/bord/assets/index-abc.js', '/bord'],
  ['https://gemeente.nl/samen/bord/assets/index-abc.js', '/samen/bord'],
  ['http://[::1]:8000/assets/index-abc.js', ''],
  ['http://localhost:5173/src/below.ts', ''],
])('a file of %s lies below "%s"', (file, root) => {
  expect(rootOf(file)).toBe(root)
})

it.each(['', '/bord', '/samen/bord'])('an address below "%s" and back', root => {
  for (const path of ['/', '/wand', '/s/abcd/bord', '/bord', '/bordje']) {
    expect(at(path, root)).toBe(root + path)
    expect(inside(at(path, root), root)).toBe(path)
  }
})

it('a path of somebody else that begins alike stays as it is', () => {
  expect(inside('/bordspel/wand', '/bord')).toBe('/bordspel/wand')
  expect(inside('/bord', '/bord')).toBe('')
})
