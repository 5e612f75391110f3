import { expect, it } from 'vitest'
import { heardAt } from './voices'

it('hears the voices of one table, and none of a note that was thrown away', () => {
  const said = [
    { table: 't4', stem: 'IO', gone: false },
    { table: 't4', stem: 'JO', gone: true },
    { table: 't4', stem: null, gone: false },
    { table: 't5', stem: 'ON', gone: false },
    { table: null, stem: 'AM', gone: false },
    { table: 't4', stem: 'IO', gone: false },
  ]
  expect([...heardAt(said, 't4')]).toEqual(['IO'])
  expect(heardAt(said, 't6').size).toBe(0)
})
