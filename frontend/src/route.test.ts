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
  ['/oogst', { screen: 'harvest', sprint: null }],
  ['/tafel/abcd', { screen: 'table', sprint: 'abcd' }],
  ['/luister/abcd', { screen: 'listen', sprint: 'abcd' }],
  ['/bureau', { screen: 'desk', path: [] }],
  ['/bureau/sprint/abcd', { screen: 'desk', path: ['sprint', 'abcd'] }],
  ['/s/abcd/plek', { screen: 'participant', sprint: 'abcd', view: 'plek' }],
  ['/s/abcd/stemmen', { screen: 'participant', sprint: 'abcd', view: 'stemmen' }],
  ['/s/abcd/controle', { screen: 'check', sprint: 'abcd' }],
  ['/s/abcd/controle/x', { screen: 'nowhere' }],
  ['/s/abcd/wand', { screen: 'wall_text', sprint: 'abcd', scene: null }],
  ['/s/abcd/wand/citaten', { screen: 'wall_text', sprint: 'abcd', scene: 'citaten' }],
  ['/s/abcd/wand/feest', { screen: 'nowhere' }],
  ['/constructor', { screen: 'nowhere' }],
])('%s', (path, place) => {
  expect(readPath(path)).toEqual(place)
})
