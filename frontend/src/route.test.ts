import { expect, it } from 'vitest'
import { readPath } from './route.svelte'

it.each([
  ['/', { screen: 'join' }],
  ['/s/abcd', { screen: 'participant', sprint: 'abcd', view: 'schrijf' }],
  ['/s/abcd/', { screen: 'participant', sprint: 'abcd', view: 'schrijf' }],
  ['/s/abcd/schrijf', { screen: 'participant', sprint: 'abcd', view: 'schrijf' }],
  ['/s/abcd/bord', { screen: 'participant', sprint: 'abcd', view: 'bord' }],
  ['/s/abcd/lijst', { screen: 'participant', sprint: 'abcd', view: 'lijst' }],
  ['/s/abcd/raad', { screen: 'nowhere' }],
  ['/s/a b/bord', { screen: 'nowhere' }],
  ['/s', { screen: 'nowhere' }],
  ['/wand', { screen: 'wall', sprint: null }],
  ['/wand/abcd', { screen: 'wall', sprint: 'abcd' }],
  ['/regie/abcd', { screen: 'direct', sprint: 'abcd' }],
  ['/regie/abcd/x', { screen: 'nowhere' }],
])('%s', (path, place) => {
  expect(readPath(path)).toEqual(place)
})
