import { beforeEach, describe, expect, it } from 'vitest'
import { Announcer } from '../design/announcer.svelte'
import { byRank } from '../sprint/sprint'
import { PLAIN } from '../sync/hall/server'
import { ClusterView, type Live, NoteView } from '../sync/live.svelte'
import type { AnyCommand, Cluster, Note, Right, Step, Zone } from '../sync/protocol'
import { Handling } from './handling.svelte'
import { mayWith } from './may'
import { containers, contentsOf, freshId, nameOfNote, startsOf, stopIn } from './reading'

const zone = (id: string, title: string): Zone => ({
  kind: 'zone',
  id,
  board: 'b',
  title,
  question: '',
  colour: 'geel',
  rank: 0,
  world: '',
  write: 'iedereen',
  type: '',
  source: '',
  tap: false,
})
const note = (id: string, where: string, rank: number, more: Partial<Note> = {}): Note => ({
  ...PLAIN,
  id,
  zone: where,
  rank,
  text: `tekst van ${id}`,
  author: 'ik',
  step: 's',
  at: 0,
  ...more,
})
const cluster = (id: string, where: string, title: string): Cluster => ({
  kind: 'cluster',
  id,
  zone: where,
  rank: 1,
  title,
  gone: false,
})

/** A board with a group of two and two loose notes in the first zone, one note in the second. */
class Stage {
  asked: AnyCommand[] = []
  held: unknown[] = []
  role = 'deelnemer'
  step: Partial<Step> = { may: ['schrijven', 'wijzigen', 'verplaatsen', 'groeperen'] }
  zones = [zone('z1', "'s Ochtends"), zone('z2', "'s Avonds")]
  stems = [{ kind: 'stem', id: 'IO', code: 'IO', title: 'Inwoner 65+', rank: 0 }]
  notes = new Map<string, NoteView>()
  clusters = new Map<string, ClusterView>()

  constructor() {
    for (const one of [
      note('a', 'z1', 1, { cluster: 'g' }),
      note('b', 'z1', 2, { cluster: 'g' }),
      note('c', 'z1', 3),
      note('d', 'z1', 4, { stem: 'IO' }),
      note('e', 'z2', 1),
      note('f', 'z2', 2, { hidden: true, text: '', author: null }),
    ]) {
      const view = new NoteView(one)
      view.mine = one.author === 'ik'
      this.notes.set(one.id, view)
    }
    this.clusters.set('g', new ClusterView(cluster('g', 'z1', 'Ergens binnenlopen')))
  }

  may(...rights: Right[]): void {
    this.step = { may: rights }
  }
  items(container: string): (NoteView | ClusterView)[] {
    const found: (NoteView | ClusterView)[] = []
    for (const one of this.notes.values()) {
      if (!one.gone && (one.cluster ?? one.zone) === container) found.push(one)
    }
    for (const one of this.clusters.values()) {
      if (!one.gone && one.zone === container) found.push(one)
    }
    return found.sort(byRank)
  }
  ask(command: AnyCommand): Promise<string> {
    this.asked.push(command)
    return Promise.resolve('name')
  }
  hold(drag: unknown): void {
    this.held.push(drag)
  }
}

let stage: Stage
let live: Live
let handling: Handling
const get = (id: string) => stage.notes.get(id) as NoteView

beforeEach(() => {
  stage = new Stage()
  live = stage as unknown as Live
  handling = new Handling(live, new Announcer())
})

describe('how a board reads', () => {
  it('groups first, loose notes after them', () => {
    const { groups, loose, count } = contentsOf(live, 'z1')
    expect(groups.map(group => group.notes.map(one => one.id))).toEqual([['a', 'b']])
    expect(loose.map(one => one.id)).toEqual(['c', 'd'])
    expect(count).toBe(4)
    expect(startsOf(contentsOf(live, 'z1'))).toEqual([0])
  })

  it('one note of a zone takes the tab key', () => {
    expect(stopIn(contentsOf(live, 'z1'), 'd')).toBe('d')
    expect(stopIn(contentsOf(live, 'z1'), 'not here')).toBe('a')
    expect(stopIn(contentsOf(live, 'z3'), null)).toBeNull()
  })

  it('a note says whose it is, in which group, and which one of how many', () => {
    const group = stage.clusters.get('g') as ClusterView
    expect(nameOfNote(live, get('a'), group, 0, 4)).toBe(
      'Briefje, groep Ergens binnenlopen, 1 van 4:',
    )
    expect(nameOfNote(live, get('d'), null, 3, 4)).toBe('Briefje van inwoner 65+, 4 van 4:')
  })

  it('without the right to group, only loose places are places', () => {
    const places = (group: boolean, id: string) =>
      containers(live, id, group).map(one => one.cluster ?? one.zone)
    expect(places(true, 'c')).toEqual(['g', 'z1', 'z2'])
    expect(places(false, 'c')).toEqual(['z1', 'z2'])
    expect(places(false, 'a')).toEqual(['g'])
  })

  it('an id has 128 bits and only letters the server takes', () => {
    const ids = new Set(Array.from({ length: 500 }, freshId))
    expect(ids.size).toBe(500)
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/)
  })
})

describe('what the step lets me do', () => {
  it('follows the rights of the step', () => {
    stage.may('verplaatsen')
    expect(mayWith(live, get('c'))).toEqual({ text: false, move: true, group: false })
    stage.may('groeperen')
    expect(mayWith(live, get('c'))).toEqual({ text: false, move: true, group: true })
    stage.may('schrijven')
    expect(mayWith(live, get('c'))).toEqual({ text: true, move: false, group: false })
    get('c').mine = false
    expect(mayWith(live, get('c')).text).toBe(false)
  })

  it('nothing with what somebody else still keeps private', () => {
    expect(mayWith(live, get('f'))).toEqual({ text: false, move: false, group: false })
    expect(handling.pickUp('f', true)).toBe(false)
  })

  it('a begeleider is not bound by the step', () => {
    stage.role = 'begeleider'
    stage.step = { may: [] }
    expect(mayWith(live, get('c'))).toEqual({ text: true, move: true, group: true })
  })

  it('does not pick up what may not move', () => {
    stage.may('schrijven')
    expect(handling.pickUp('c', false)).toBe(false)
    expect(handling.carried).toBeNull()
  })
})

describe('carrying', () => {
  it('is one command, when it is laid down', () => {
    handling.pickUp('c', true)
    handling.carryOn('right')
    handling.carryOn('right')
    expect(stage.asked).toEqual([])
    handling.layDown()
    expect(stage.asked).toEqual([
      { do: 'note.move', note: 'c', zone: 'z2', cluster: null, before: 'e' },
    ])
    expect(handling.carried).toBeNull()
    expect(stage.held.at(-1)).toBeNull()
  })

  it('is no command where it stays, or when it is put back', () => {
    handling.pickUp('c', true)
    handling.carryOn('right')
    handling.carryOn('left')
    handling.layDown()
    handling.pickUp('c', true)
    handling.carryOn('down')
    handling.putBack()
    handling.layDown()
    expect(stage.asked).toEqual([])
  })

  it('goes through groups with the arrows, and stops at the ends', () => {
    handling.pickUp('c', true)
    handling.carryOn('up')
    expect(handling.aim).toMatchObject({ zone: 'z1', cluster: 'g', before: 'a' })
    for (let i = 0; i < 9; i++) handling.carryOn('left')
    expect(handling.aim).toMatchObject({ zone: 'z1', cluster: 'g', before: 'a' })
    for (let i = 0; i < 20; i++) handling.carryOn('right')
    expect(handling.aim).toMatchObject({ zone: 'z2', cluster: null, before: null })
  })

  it('a note that went into the bin meanwhile is laid nowhere', () => {
    handling.pickUp('c', true)
    handling.carryOn('down')
    get('c').gone = true
    handling.layDown()
    expect(stage.asked).toEqual([])
  })
})

describe('wishes by button', () => {
  it('lay with a loose note: a new group, and the question for its name', () => {
    handling.layWith(get('c'), get('d'))
    expect(stage.asked).toMatchObject([{ do: 'note.gather', note: 'c', target: 'd' }])
    expect(handling.offer).toMatchObject({ what: 'name' })
  })

  it('lay with a note that has a group: in that group', () => {
    handling.layWith(get('c'), get('b'))
    expect(stage.asked).toEqual([
      { do: 'note.move', note: 'c', zone: 'z1', cluster: 'g', before: null },
    ])
  })

  it('earlier and later among the neighbours', () => {
    handling.shift(get('d'), -1)
    handling.shift(get('c'), 1)
    handling.shift(get('c'), -1)
    expect(stage.asked).toEqual([
      { do: 'note.move', note: 'd', zone: 'z1', cluster: null, before: 'c' },
      { do: 'note.move', note: 'c', zone: 'z1', cluster: null, before: null },
    ])
  })

  it('away, and the offer to take it back until the next action', () => {
    handling.bin(get('c'))
    expect(handling.offer).toEqual({ what: 'restore', note: 'c' })
    handling.restore('c')
    expect(handling.offer).toBeNull()
    expect(stage.asked.map(command => command.do)).toEqual(['note.bin', 'note.restore'])
  })
})
