/* Which screen a path asks for, and how to go to another one without loading the page again.
   Secrets stand in the fragment and never in a path; a screen that reads one wipes it. */

import { at, inside } from './below'
import type { Scene } from './sync/protocol'

/** What a participant looks at. The first three have a tab. */
export type View = 'schrijf' | 'bord' | 'lijst' | 'plek' | 'stemmen'
/** Behind a link with a secret: /wand, /regie, … */
export type Behind = 'wall' | 'direct' | 'harvest' | 'table' | 'listen'
export type Place =
  | { screen: 'join' }
  | { screen: 'participant'; sprint: string; view: View }
  | { screen: 'check'; sprint: string }
  | { screen: 'wall_text'; sprint: string; scene: Scene | null }
  | { screen: Behind; sprint: string | null }
  | { screen: 'desk'; path: string[] }
  | { screen: 'nowhere' }

const SPRINT = /^[A-Za-z0-9_-]{4,32}$/
const DOORS: { [path: string]: Behind } = {
  wand: 'wall',
  regie: 'direct',
  oogst: 'harvest',
  tafel: 'table',
  luister: 'listen',
}
const VIEWS: readonly string[] = ['schrijf', 'bord', 'lijst', 'plek', 'stemmen'] satisfies View[]
/** Every scene of the wall, in the order of an evening. */
export const SCENES: readonly Scene[] = [
  'welkom',
  'speelruimte',
  'vraag',
  'stilte',
  'klok',
  'teller',
  'citaten',
  'oogst',
  'bord',
  'stemmen',
  'belofte',
  'pauze',
  'zwart',
]

/** Of a path of ours, as `inside` gives it. */
export function readPath(path: string): Place {
  const parts = path.split('/').filter(part => part !== '')
  const [first = '', sprint = '', view = '', last = ''] = parts
  if (first === '') return { screen: 'join' }
  if (first === 'bureau') return { screen: 'desk', path: parts.slice(1) }
  const screen = Object.hasOwn(DOORS, first) ? DOORS[first] : undefined
  if (screen) {
    if (parts.length > 2 || (sprint !== '' && !SPRINT.test(sprint))) return { screen: 'nowhere' }
    return { screen, sprint: sprint === '' ? null : sprint }
  }
  if (first !== 's' || !SPRINT.test(sprint) || parts.length > 4) return { screen: 'nowhere' }
  if (view === 'wand' && (last === '' || SCENES.some(scene => scene === last))) {
    return { screen: 'wall_text', sprint, scene: last === '' ? null : (last as Scene) }
  }
  if (last !== '') return { screen: 'nowhere' }
  if (view === 'controle') return { screen: 'check', sprint }
  if (view === '') return { screen: 'participant', sprint, view: 'schrijf' }
  if (VIEWS.includes(view)) return { screen: 'participant', sprint, view: view as View }
  return { screen: 'nowhere' }
}

/** The address of a screen of who takes part. */
export function pathOf(sprint: string, view: View | 'controle'): string {
  return at(view === 'schrijf' ? `/s/${sprint}` : `/s/${sprint}/${view}`)
}

class Route {
  place = $state.raw<Place>(readPath(inside(location.pathname)))

  constructor() {
    addEventListener('popstate', () => {
      this.place = readPath(inside(location.pathname))
    })
  }

  go(path: string, how: 'push' | 'replace' = 'push'): void {
    if (how === 'replace') history.replaceState(null, '', path)
    else history.pushState(null, '', path)
    this.place = readPath(inside(location.pathname))
    scrollTo(0, 0) // another screen begins at its top
  }

  /** For a link inside the page: a plain click stays here, every other click is the browser's. */
  follow = (event: MouseEvent): void => {
    const link = event.currentTarget
    if (!(link instanceof HTMLAnchorElement)) return
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return
    event.preventDefault()
    this.go(link.pathname)
  }
}

export const route = new Route()
