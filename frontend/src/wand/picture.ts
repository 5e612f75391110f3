/* What the wall shows, as a value: one scene with everything that is drawn in it. Pure.

   The wall, its preview on the regie and its text for screen readers all draw this one value, so
   they can not differ. Nothing in it is private, and nothing that is covered, in the bin or hidden
   comes into it, also while the wall stands still.

   Without a record of the wall (an evening in which nobody directed it yet) the step that is on
   decides: silence, the question, or the board page by page. */

import type { Belofte, Evening, Group, Round, Scene, Step, Tally, Wall } from '../sync/protocol'

export const ITEMS = 9
export const QUOTES = 3

export interface Item {
  id: string
  text: string
  caption: string
}

export interface Bar {
  id: string
  text: string
  dots: number
  paper: number
  kinds: { kind: string; dots: number }[]
}

export interface Promised {
  id: string
  who: string
  what: string
  when: string
}

interface Of<S extends Scene | 'opening'> {
  scene: S
}

export type Picture =
  | Of<'opening'>
  | Of<'zwart'>
  | (Of<'welkom'> & { title: string; question: string; place: string })
  | (Of<'speelruimte'> & {
      question: string
      source: string
      level: string
      fixed: string[]
      free: string[]
      page: number
      pages: number
    })
  | (Of<'vraag'> & { title: string; question: string; instruction: string })
  | (Of<'stilte'> & { instruction: string })
  | (Of<'klok'> & { step: string; instruction: string })
  | (Of<'teller'> & {
      instruction: string
      people: number
      kernen: { title: string; n: number }[]
      others: number
      stemmen: { title: string; n: number }[]
      done: number
      here: number
    })
  | (Of<'citaten'> & { instruction: string; quotes: Item[] })
  | (Of<'oogst'> & { question: string; groups: Item[]; page: number; pages: number })
  | (Of<'bord'> & { step: string; instruction: string; question: string; page: number })
  | (Of<'stemmen'> & {
      title: string
      instruction: string
      open: boolean
      voters: number
      bars: Bar[]
      page: number
      pages: number
    })
  | (Of<'belofte'> & { promises: Promised[]; answer_from: string; page: number; pages: number })
  | (Of<'pauze'> & { title: string })

export interface Hall {
  evening: Evening | null
  step: Step | null
  wall: Wall | null
  tally: Tally | null
  round: Round | null
  kernen: ReadonlyMap<string, { title: string }>
  stemmen: ReadonlyMap<string, { title: string }>
  groups: Iterable<Group>
  beloften: Iterable<Belofte>
  /** Notes on the board that is on which everybody may read. */
  open: number
  /** How many screens of participants are connected. */
  here: number
  /** How often the pages have turned: they do by themselves, unless somebody chose one. */
  turn: number
  /** Everything on one page: for who reads it as text. */
  whole: boolean
}

/** The scene that is on: what the regie chose, else what the step that is on asks for. */
export function sceneOf({ wall, step, evening, open }: Hall): Scene | 'opening' {
  if (!evening) return 'opening'
  if (wall) {
    if (wall.scene === 'bord' && open === 0) return 'vraag'
    // A clock that does not run is nothing to look at.
    if (wall.scene === 'klok' && evening.timer_ends === null && open > 0) return 'bord'
    return wall.scene
  }
  if (!step) return 'welkom' // before the first step: how to come in
  if (step.scene === 'stilte') return 'stilte'
  if (step.scene === 'welkom' || open === 0) return 'vraag'
  return 'bord'
}

/** The picture of one scene: the one that is on, or another that somebody wants to read. */
export function pictureOf(hall: Hall, scene: Scene | 'opening' = sceneOf(hall)): Picture {
  const { evening, step, wall, tally, round } = hall
  if (!evening) return { scene: 'opening' }
  const question = evening.question
  const instruction = step?.instruction ?? ''
  const items = wall !== null && wall.scene === scene ? shown(wall) : []
  const page = wall !== null && wall.scene === scene ? wall.page : 0
  switch (scene) {
    case 'opening':
    case 'zwart':
      return { scene }
    case 'welkom':
      return { scene, title: evening.title, question, place: placeOf(evening) }
    case 'speelruimte':
      return {
        scene,
        question,
        source: evening.source,
        level: evening.level,
        ...roomToMove(hall, evening, page),
      }
    case 'vraag':
      // Somebody comes in: then only the question of the evening. Otherwise what is asked now.
      return {
        scene,
        title: evening.title,
        question,
        instruction: step && step.scene !== 'welkom' ? instruction : '',
      }
    case 'stilte':
      return { scene, instruction }
    case 'klok':
      return { scene, step: step?.title ?? '', instruction }
    case 'teller':
      return { scene, instruction, ...counted(hall, tally) }
    case 'citaten':
      return { scene, instruction, quotes: paged(items, hall, 0, QUOTES).part }
    case 'oogst': {
      const all = items.length > 0 ? items : harvest(hall)
      const { part, ...at } = paged(all, hall, 0, ITEMS)
      return { scene, question, groups: part, ...at }
    }
    case 'bord':
      return { scene, step: step?.title ?? '', instruction, question, page }
    case 'stemmen': {
      const texts = new Map([...harvest(hall), ...items].map(item => [item.id, item.text]))
      const { part, ...at } = paged(barsOf(round, texts, wall), hall, page, BARS)
      return {
        scene,
        title: round?.title ?? '',
        instruction,
        open: round?.open ?? false,
        voters: round?.voters ?? 0,
        bars: part,
        ...at,
      }
    }
    case 'belofte': {
      const chosen = new Set(items.map(item => item.id))
      const promises = [...hall.beloften]
        .filter(({ gone, id }) => !gone && (chosen.size === 0 || chosen.has(id)))
        .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
        .map(({ id, who, what, when }) => ({ id, who, what, when }))
      const { part, ...at } = paged(promises, hall, page, PROMISES)
      return { scene, answer_from: evening.answer_from, promises: part, ...at }
    }
    case 'pauze':
      return { scene, title: evening.title }
  }
}

const PROMISES = 4
const BARS = 4
const FIXED = 4
const FREE = ITEMS - FIXED

/** What is fixed and what is open, side by side, together never more than a hall can read. */
function roomToMove(hall: Hall, { fixed, free }: Evening, page: number) {
  const one = paged([...fixed], hall, page, FIXED)
  const other = paged([...free], hall, page, FREE)
  return {
    fixed: one.part,
    free: other.part,
    page: Math.max(one.page, other.page),
    pages: Math.max(one.pages, other.pages),
  }
}

function shown(wall: Wall): Item[] {
  const covered = new Set(wall.covered)
  return wall.items
    .filter(item => !covered.has(item.id))
    .map(({ id, text, caption }) => ({ id, text, caption }))
}

function harvest({ groups, wall }: Hall): Item[] {
  const covered = new Set(wall?.covered ?? [])
  return [...groups]
    .filter(group => !group.gone && group.title !== '' && !covered.has(group.id))
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
    .map(({ id, title }) => ({ id, text: title, caption: '' }))
}

/** In the order in which they stood on the ballot: nothing wins. */
function barsOf(round: Round | null, texts: ReadonlyMap<string, string>, wall: Wall | null): Bar[] {
  if (!round || round.open) return []
  const covered = new Set(wall?.covered ?? [])
  return round.result
    .filter(({ item }) => !covered.has(item))
    .map(({ item, dots, paper, kinds }) => ({
      id: item,
      text: texts.get(item) ?? '',
      dots,
      paper,
      kinds: [...kinds],
    }))
}

function counted({ kernen, stemmen, here }: Hall, tally: Tally | null) {
  const named = (
    counts: readonly { id: string; n: number }[],
    names: ReadonlyMap<string, { title: string }>,
  ) =>
    counts
      .map(({ id, n }) => ({ title: names.get(id)?.title ?? '', n }))
      .filter(({ title }) => title !== '')
      .sort((a, b) => b.n - a.n || a.title.localeCompare(b.title))
  const all = named(tally?.kernen ?? [], kernen)
  const people = tally?.people ?? 0
  const first = all.slice(0, ITEMS)
  return {
    people,
    kernen: first,
    others: Math.max(0, people - first.reduce((sum, { n }) => sum + n, 0)),
    stemmen: named(tally?.stemmen ?? [], stemmen).slice(0, ITEMS),
    done: tally?.done ?? 0,
    here,
  }
}

/** `chosen`: the page that somebody wants to stand, from 1 on; 0 turns by itself. */
function paged<T>(all: T[], { turn, whole }: Hall, chosen: number, most: number) {
  if (whole) return { part: all, page: 0, pages: 1 }
  const pages = Math.max(1, Math.ceil(all.length / most))
  const at = chosen > 0 ? Math.min(chosen, pages) - 1 : turn % pages
  return { part: all.slice(at * most, at * most + most), page: at, pages }
}

function placeOf({ place, date }: Evening): string {
  return [place, date].filter(part => part !== '').join(' · ')
}

/** A scene with nothing in it yet: one calm sentence in the middle. */
export function isBare(picture: Picture): boolean {
  switch (picture.scene) {
    case 'citaten':
      return picture.quotes.length === 0
    case 'oogst':
      return picture.groups.length === 0
    case 'stemmen':
      return !picture.open && picture.bars.length === 0
    case 'belofte':
      return picture.promises.length === 0
    default:
      return false
  }
}

/** What stood still and may no longer be seen leaves the picture; all else stays as it was drawn. */
export function without(picture: Picture, covered: ReadonlySet<string>): Picture {
  const seen = <T extends { id: string }>(items: T[]) => items.filter(({ id }) => !covered.has(id))
  switch (picture.scene) {
    case 'citaten':
      return { ...picture, quotes: seen(picture.quotes) }
    case 'oogst':
      return { ...picture, groups: seen(picture.groups) }
    case 'stemmen':
      return { ...picture, bars: seen(picture.bars) }
    case 'belofte':
      return { ...picture, promises: seen(picture.promises) }
    default:
      return picture
  }
}
