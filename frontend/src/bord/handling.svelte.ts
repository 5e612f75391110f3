// What this person is doing with the board, apart from how it is drawn: which zone is near, which
// note or group is open, what is being carried and where it would land. Bord and Lijst share it.
//
// Every wish leaves as one command through `Live.ask`; this file writes nothing itself.

import { SvelteMap } from 'svelte/reactivity'
import type { Announcer } from '../design/announcer.svelte'
import type { Live, NoteView } from '../sync/live.svelte'
import type { Mark } from '../sync/protocol'
import { say } from '../words/say'
import { closed as isClosed, mayWith } from './may'
import { containers, contentsOf, freshId, nameOfPlace, notesIn, placeOf } from './reading'
import { relationsOf } from './relations.svelte'
import { type Aim, commandFor, type Lies } from './target'
import { say as sayHere } from './words'

export type Opened =
  | { what: 'note'; id: string }
  | { what: 'group'; id: string }
  | { what: 'bin' }
  /** A new sentence, for a zone. */
  | { what: 'sentence'; id: string }
  /** An objection to a group of the harvest, kept in a zone. */
  | { what: 'otherwise'; id: string; zone: string; title: string }

/** The last thing this person did that a next step may follow on. Stays until the next action. */
export type Offer = { what: 'restore'; note: string } | { what: 'name'; cluster: string }

export class Handling {
  readonly live: Live
  readonly announcer: Announcer

  near = $state<string | null>(null)
  opened = $state.raw<Opened | null>(null)
  offer = $state.raw<Offer | null>(null)

  /** Per zone the note where the tab key stops: the last one that had the focus. */
  readonly stops = new SvelteMap<string, string>()

  /** The note in my hand, and where it would land. */
  carried = $state<string | null>(null)
  byKeys = $state(false)
  aim = $state.raw<Aim | null>(null)

  constructor(live: Live, announcer: Announcer) {
    this.live = live
    this.announcer = announcer
  }

  // -- opening and closing ------------------------------------------------------------

  openNote(id: string): void {
    this.opened = { what: 'note', id }
  }
  openGroup(id: string): void {
    this.opened = { what: 'group', id }
  }
  openBin(): void {
    this.offer = null
    this.opened = { what: 'bin' }
  }
  openSentence(zone: string): void {
    this.offer = null
    this.opened = { what: 'sentence', id: zone }
  }
  openOtherwise(about: string, zone: string, title: string): void {
    this.offer = null
    this.opened = { what: 'otherwise', id: about, zone, title }
  }
  close(): void {
    this.opened = null
  }

  comeNear(zone: string): void {
    this.near = zone
    this.announcer.say(
      say('heard.near', { zone: this.live.zones.find(one => one.id === zone)?.title ?? '' }),
    )
  }
  stepBack(): void {
    if (this.near === null) return
    this.near = null
    this.announcer.say(say('heard.far'))
  }

  // -- wishes -----------------------------------------------------------------------------

  moveTo(note: NoteView, zone: string, cluster: string | null): void {
    this.#act()
    void this.live.ask({ do: 'note.move', note: note.id, zone, cluster, before: null })
    this.announcer.say(say('heard.moved', { place: nameOfPlace(this.live, zone, cluster) }))
  }

  layWith(note: NoteView, target: NoteView): void {
    this.#act()
    if (target.cluster !== null) {
      this.moveTo(note, target.zone, target.cluster)
      return
    }
    const cluster = freshId()
    void this.live.ask({ do: 'note.gather', note: note.id, target: target.id, cluster })
    this.offer = { what: 'name', cluster }
    this.announcer.say(`${say('heard.laid_with')} ${say('bord.new_group_made')}`)
  }

  bin(note: NoteView): void {
    this.#act()
    void this.live.ask({ do: 'note.bin', note: note.id })
    this.offer = { what: 'restore', note: note.id }
    this.announcer.say(say('heard.binned'))
  }

  restore(note: string): void {
    this.#act()
    void this.live.ask({ do: 'note.restore', note })
    this.announcer.say(say('heard.restored'))
  }

  giveStem(note: NoteView, stem: string | null): void {
    this.#act()
    void this.live.ask({ do: 'note.stem', note: note.id, stem })
  }

  /** One place earlier or later among its neighbours. */
  shift(note: NoteView, by: -1 | 1): void {
    const siblings = notesIn(this.live, placeOf(note))
    const at = siblings.findIndex(one => one.id === note.id)
    const to = at + by
    if (at < 0 || to < 0 || to >= siblings.length) return
    this.#act()
    const before = (by < 0 ? siblings[to] : siblings[to + 1])?.id ?? null
    const { zone, cluster } = note
    void this.live.ask({ do: 'note.move', note: note.id, zone, cluster, before })
    const place = nameOfPlace(this.live, zone, cluster)
    this.announcer.say(say('heard.place', { n: to + 1, all: siblings.length, place }))
  }

  /** The answer to a question beside the text; null takes it away. */
  giveField(note: NoteView, name: string, value: string | null): void {
    if ((note.fields[name] ?? null) === value) return
    this.#act()
    void this.live.ask({ do: 'note.field', note: note.id, name, value })
  }

  giveKern(note: NoteView, kern: string | null): void {
    this.#act()
    void this.live.ask({ do: 'note.kern', note: note.id, kern })
  }

  /** Says it, or takes it back where it was said already. */
  mark(note: NoteView, what: Mark['what']): void {
    this.#act()
    const off = relationsOf(this.live).marksOf(note.id).mine[what] === true
    void this.live.ask({ do: 'note.mark', note: note.id, what: off ? null : what })
    this.announcer.say(off ? sayHere('unmarked') : sayHere(`heard_${what}`))
  }

  /** *Citaat van deze tafel*: what the whole hall must hear of this table. */
  quote(note: NoteView, on: boolean): void {
    if (note.table === null) return
    this.#act()
    void this.live.ask({ do: 'table.quote', table: note.table, note: on ? note.id : null })
    this.announcer.say(sayHere(on ? 'heard_quote' : 'unmarked'))
  }

  /** An objection stands with what it is about, and stays there. */
  object(
    about: string,
    zone: string,
    type: 'bezwaar' | 'voorwaarde',
    text: string,
    needed: string,
  ): void {
    this.#act()
    const fields: Record<string, string> = needed === '' ? {} : { nodig: needed }
    void this.live.write(text, zone, this.live.place?.stem ?? null, undefined, {
      type,
      about,
      fields,
    })
    this.announcer.say(sayHere('heard_objection'))
  }

  nameGroup(cluster: string, title: string): void {
    this.#act()
    void this.live.ask({ do: 'cluster.name', cluster, title })
    this.announcer.say(say('bord.named', { title }))
  }

  moveGroup(cluster: string, zone: string): void {
    this.#act()
    void this.live.ask({ do: 'cluster.move', cluster, zone, before: null })
    this.announcer.say(say('heard.group_moved', { place: nameOfPlace(this.live, zone, null) }))
  }

  /** A group one place earlier or later among the groups of its zone. */
  shiftGroup(cluster: string, by: -1 | 1): void {
    const zone = this.live.clusters.get(cluster)?.zone
    if (zone === undefined) return
    const { groups } = contentsOf(this.live, zone)
    const at = groups.findIndex(group => group.cluster.id === cluster)
    const to = at + by
    if (at < 0 || to < 0 || to >= groups.length) return
    this.#act()
    const before = (by < 0 ? groups[to] : groups[to + 1])?.cluster.id ?? null
    void this.live.ask({ do: 'cluster.move', cluster, zone, before })
    const place = nameOfPlace(this.live, zone, null)
    this.announcer.say(say('heard.place', { n: to + 1, all: groups.length, place }))
  }

  dissolve(cluster: string): void {
    this.#act()
    void this.live.ask({ do: 'cluster.dissolve', cluster })
    this.announcer.say(say('heard.group_apart'))
  }

  undo(): void {
    this.#act()
    this.live.undo()
  }
  redo(): void {
    this.#act()
    this.live.redo()
  }

  #act(): void {
    this.offer = null
  }

  // -- carrying -----------------------------------------------------------------------------

  /** Takes a note in hand, if the step lets me; says why where it does not. */
  pickUp(id: string, byKeys: boolean): boolean {
    const note = this.live.notes.get(id)
    if (!note || note.gone) return false
    const closed = isClosed(note)
    if (!mayWith(this.live, note).move) {
      this.announcer.say(say(closed ? 'bord.private_why' : 'bord.not_now_move'))
      return false
    }
    this.offer = null
    this.carried = id
    this.byKeys = byKeys
    this.aim = null
    if (byKeys) {
      this.aim = { kind: 'place', ...this.#lies(note), before: this.#lies(note).after }
      this.announcer.say(say('heard.picked_up'))
    }
    return true
  }

  putBack(): void {
    if (this.carried === null) return
    this.#letGo()
    this.announcer.say(say('heard.not_moved'))
  }

  /** Lays the note down where it is aimed: exactly one command, or none where it stays. */
  layDown(): void {
    const { carried, aim } = this
    if (carried === null) return
    const note = this.live.notes.get(carried)
    this.#letGo()
    const command =
      note && !note.gone && aim ? commandFor(note.id, aim, this.#lies(note), freshId) : null
    if (!command || !aim) {
      this.announcer.say(say('heard.not_moved'))
      return
    }
    this.#act()
    void this.live.ask(command)
    if (command.do === 'note.gather') {
      this.offer = { what: 'name', cluster: command.cluster }
      this.announcer.say(`${say('heard.laid_with')} ${say('bord.new_group_made')}`)
    } else if (aim.kind === 'place') {
      const place = nameOfPlace(this.live, aim.zone, aim.cluster)
      this.announcer.say(say('heard.moved', { place }))
    }
  }

  /** The arrow keys: one place on within a container, or to the next container. */
  carryOn(key: 'left' | 'right' | 'up' | 'down'): void {
    const { carried, aim } = this
    const note = carried === null ? undefined : this.live.notes.get(carried)
    if (!note || aim?.kind !== 'place') return
    const all = containers(this.live, note.id, mayWith(this.live, note).group)
    let at = all.findIndex(one => one.zone === aim.zone && one.cluster === aim.cluster)
    if (at < 0) at = 0
    const here = all[at]
    if (!here) return
    const found = aim.before === null ? -1 : here.notes.indexOf(aim.before)
    let place = found < 0 ? here.notes.length : found
    if (key === 'left' || key === 'right') {
      place += key === 'left' ? -1 : 1
      if (place < 0 && at > 0) {
        at -= 1
        place = all[at]?.notes.length ?? 0
      } else if (place > here.notes.length && at < all.length - 1) {
        at += 1
        place = 0
      }
    } else {
      at = Math.min(all.length - 1, Math.max(0, at + (key === 'up' ? -1 : 1)))
    }
    const there = all[at]
    if (!there) return
    place = Math.min(there.notes.length, Math.max(0, place))
    const { zone, cluster } = there
    this.aim = { kind: 'place', zone, cluster, before: there.notes[place] ?? null }
    const name = nameOfPlace(this.live, zone, cluster)
    this.announcer.say(
      say('heard.place', { n: place + 1, all: there.notes.length + 1, place: name }),
    )
  }

  #letGo(): void {
    this.carried = null
    this.byKeys = false
    this.aim = null
    this.live.hold(null)
  }

  #lies(note: NoteView): Lies {
    const siblings = notesIn(this.live, placeOf(note))
    const at = siblings.findIndex(one => one.id === note.id)
    return { zone: note.zone, cluster: note.cluster, after: siblings[at + 1]?.id ?? null }
  }
}

/** Ctrl+Z takes back, Ctrl+Shift+Z and Ctrl+Y do again; in a field the browser's own undo works.
    Returns whether the key was one of these. */
export function undoByKeys(event: KeyboardEvent, handling: Handling): boolean {
  if (handling.opened !== null || event.altKey || !(event.ctrlKey || event.metaKey)) return false
  const { target } = event
  if (target instanceof HTMLElement && target.matches('input, textarea, select')) return false
  const letter = event.key.toLowerCase()
  if (letter !== 'z' && letter !== 'y') return false
  event.preventDefault()
  if (letter === 'y' || event.shiftKey) handling.redo()
  else handling.undo()
  return true
}
