// How a board reads, on the plane and in the list alike: groups first and loose notes after them,
// the words for a note and for a place, and the places a note can be laid.

import type { ClusterView, ItemView, Live, NoteView } from '../sync/live.svelte'
import type { Zone } from '../sync/protocol'
import { say } from '../words/say'
import { relationsOf } from './relations.svelte'
import { say as sayHere } from './words'
import { inTime, laneName, lanesOf, yearOf } from './years'

export interface GroupOf {
  cluster: ClusterView
  notes: NoteView[]
}

export interface Contents {
  groups: GroupOf[]
  loose: NoteView[]
  count: number
}

/** What lies in a zone, in reading order. Reactive. */
export function contentsOf(live: Live, zone: string): Contents {
  const groups: GroupOf[] = []
  const loose: NoteView[] = []
  let count = 0
  for (const item of live.items(zone)) {
    if (item.kind === 'note') {
      if (lies(live, item)) loose.push(item)
      continue
    }
    const notes = notesIn(live, item.id)
    if (notes.length === 0 && relationsOf(live).table !== null) continue
    groups.push({ cluster: item, notes })
    count += notes.length
  }
  return { groups, loose: ordered(live, loose), count: count + loose.length }
}

/** The notes of a group, or the loose notes of a zone, in order. Reactive. */
export function notesIn(live: Live, container: string): NoteView[] {
  const isNote = (item: ItemView): item is NoteView => item.kind === 'note' && lies(live, item)
  return ordered(live, live.items(container).filter(isNote))
}

/** On a time line by year, and else as they were laid. */
function ordered(live: Live, notes: NoteView[]): NoteView[] {
  return live.board?.form === 'tijdlijn' ? inTime(notes, note => note.fields.sinds) : notes
}

/** What is said about another note stands with that note; and a table may look at its own alone. */
function lies(live: Live, note: NoteView): boolean {
  const { table } = relationsOf(live)
  if (table !== null && note.table !== table) return false
  return note.about === null || live.notes.get(note.about) === undefined
}

export function placeOf(note: NoteView): string {
  return note.cluster ?? note.zone
}

/** Loose notes under one heading: on a time line a year, elsewhere all of them under none. */
export interface LaneOf {
  name: string
  notes: NoteView[]
  /** How many notes are read before it. */
  start: number
}

/** A time line shows its years as headings where it is read from nearby, and in the list. */
export function lanesIn(live: Live, { loose, count }: Contents): LaneOf[] {
  const before = count - loose.length
  if (loose.length === 0) return []
  const timed = live.board?.form === 'tijdlijn' && loose.some(note => yearOf(note.fields.sinds))
  if (!timed) return [{ name: '', notes: loose, start: before }]
  const byId = new Map(loose.map(note => [note.id, note]))
  const years = loose.map(note => ({ id: note.id, year: yearOf(note.fields.sinds) }))
  let start = before
  return lanesOf(years, loose.length + 1).map(lane => {
    const notes = lane.notes.map(id => byId.get(id) as NoteView)
    const name = laneName(lane) || sayHere('no_year')
    const at = start
    start += notes.length
    return { name, notes, start: at }
  })
}

/** How many notes are read before each group. */
export function startsOf({ groups }: Contents): number[] {
  let count = 0
  return groups.map(group => {
    const start = count
    count += group.notes.length
    return start
  })
}

/** The note of a zone where the tab key stops: the one that last had the focus, or the first. */
export function stopIn({ groups, loose }: Contents, last: string | null): string | null {
  const all = [...groups.flatMap(group => group.notes), ...loose]
  return all.some(note => note.id === last) ? last : (all[0]?.id ?? null)
}

// --- words -----------------------------------------------------------------------------

export function zoneOf(live: Live, id: string): Zone | undefined {
  return live.zones.find(zone => zone.id === id)
}

export function stemOf(live: Live, id: string | null): string | null {
  return id === null ? null : (live.stems.find(stem => stem.id === id)?.title ?? null)
}

/** A title as a sentence: with its own mark at the end, or a dot. */
export function sentence(title: string): string {
  return /[.?!…]$/.test(title) ? title : `${title}.`
}

/** "tafel 4", where tables have numbers. */
export function tableOf(live: Live, id: string | null): string | null {
  const table = id === null ? undefined : live.shelf('table').get(id)
  return table ? sayHere('table', { n: table.number }) : null
}

/** The text as it may be read: other words beside it count where they must. */
export function readable(live: Live, note: NoteView): string {
  const redaction = relationsOf(live).redactionOf(note.id)
  return redaction?.required ? redaction.text : note.text
}

/** From afar the frame that all sentences share is left out: what differs is what is read. */
export function inShort(live: Live, note: NoteView): string {
  const { wie, wat } = note.fields
  const whole =
    note.type === 'bedoeling' && wie && wat && relationsOf(live).redactionOf(note.id) === null
  return whole ? `${wie} ${wat}` : readable(live, note)
}

export function groupTitle(cluster: ClusterView | undefined): string {
  return cluster?.title || say('bord.new_group')
}

/** "Briefje van inwoner 65+, groep Ergens binnenlopen, 2 van 14:" and then comes the text. */
export function nameOfNote(
  live: Live,
  note: NoteView,
  group: ClusterView | null,
  index: number,
  all: number,
): string {
  const stem = stemOf(live, note.stem)
  const parts = [stem ? say('bord.note_of', { stem: inSentence(stem) }) : say('bord.note')]
  if (group) parts.push(say('bord.in_group', { group: groupTitle(group) }))
  parts.push(say('bord.nth', { n: index + 1, all }))
  return `${parts.join(', ')}:`
}

function inSentence(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1)
}

/** "groep Ergens binnenlopen" or "'s Ochtends". */
export function nameOfPlace(live: Live, zone: string, cluster: string | null): string {
  if (cluster !== null) {
    return say('bord.in_group', { group: groupTitle(live.clusters.get(cluster)) })
  }
  return zoneOf(live, zone)?.title ?? ''
}

// --- the places of a board, for who carries a note with the arrow keys ---------------------

export interface Container {
  zone: string
  cluster: string | null
  /** Its notes without the one that is carried. */
  notes: string[]
}

/** Every group and every zone's loose notes, in reading order. */
export function containers(live: Live, carried: string, group: boolean): Container[] {
  const from = live.notes.get(carried)
  const found: Container[] = []
  for (const zone of live.zones) {
    const { groups, loose } = contentsOf(live, zone.id)
    const ids = (notes: NoteView[]) => notes.map(note => note.id).filter(id => id !== carried)
    for (const { cluster, notes } of groups) {
      if (group || from?.cluster === cluster.id) {
        found.push({ zone: zone.id, cluster: cluster.id, notes: ids(notes) })
      }
    }
    if (group || from?.cluster === null) {
      found.push({ zone: zone.id, cluster: null, notes: ids(loose) })
    }
  }
  return found
}

// --- ids ---------------------------------------------------------------------------------

/** A new id of 128 bits. Works on plain http as well, where crypto.randomUUID does not exist. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}
