/* Which screen a path asks for, and how to go to another one without loading the page again.
   Secrets stand in the fragment and never in a path; a screen that reads one wipes it. */

export type View = 'schrijf' | 'bord' | 'lijst'
export type Place =
  | { screen: 'join' }
  | { screen: 'participant'; sprint: string; view: View }
  | { screen: 'wall'; sprint: string | null }
  | { screen: 'direct'; sprint: string | null }
  | { screen: 'nowhere' }

const SPRINT = /^[A-Za-z0-9_-]{4,32}$/

export function readPath(path: string): Place {
  const [first = '', sprint = '', view = '', ...more] = path.split('/').filter(part => part !== '')
  if (more.length > 0) return { screen: 'nowhere' }
  if (first === '') return { screen: 'join' }
  if (first === 'wand' || first === 'regie') {
    const screen = first === 'wand' ? 'wall' : 'direct'
    if (view !== '' || (sprint !== '' && !SPRINT.test(sprint))) return { screen: 'nowhere' }
    return { screen, sprint: sprint === '' ? null : sprint }
  }
  if (first === 's' && SPRINT.test(sprint)) {
    if (view === '' || view === 'schrijf') return { screen: 'participant', sprint, view: 'schrijf' }
    if (view === 'bord' || view === 'lijst') return { screen: 'participant', sprint, view }
  }
  return { screen: 'nowhere' }
}

export function pathOf(sprint: string, view: View): string {
  return view === 'schrijf' ? `/s/${sprint}` : `/s/${sprint}/${view}`
}

class Route {
  place = $state.raw<Place>(readPath(location.pathname))

  constructor() {
    addEventListener('popstate', () => {
      this.place = readPath(location.pathname)
    })
  }

  go(path: string, how: 'push' | 'replace' = 'push'): void {
    if (how === 'replace') history.replaceState(null, '', path)
    else history.pushState(null, '', path)
    this.place = readPath(location.pathname)
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
