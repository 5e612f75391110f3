/* What the desk asks of the server, over plain HTTP. Every answer is a value: `ok`, or a code of
   words.ts with, for a field that can not be so, which one (`where`: "kernen:3" is its third line). */

import { at } from '../below'

export type Asked<T> = { ok: true; value: T } | { ok: false; code: string; where: string }

export interface Listed {
  code: string
  title: string
}
export interface Village extends Listed {
  column: number
  row: number
}
export interface Opgave {
  title: string
  question: string
  source: string
  level: string
  fixed: string[]
  free: string[]
  words: string[]
  kernen: Village[]
  stemmen: Listed[]
  domeinen: Listed[]
}
export interface KeptOpgave {
  id: string
  version: number
  opgave: Opgave
}
export interface SprintOf {
  id: string
  opgave: string | null
  title: string
  number: number
  place: string
  date: string
  phase: string
  away: boolean
  /** When it is wiped, in milliseconds since 1970. */
  wiped: number | null
}
export interface Werkvorm {
  id: string
  name: string
  goal: string
  group: string
  minutes: number
  sprints: number[]
}
export interface Overview {
  opgaven: KeptOpgave[]
  sprints: SprintOf[]
  werkvormen: Werkvorm[]
  beginnings: { niveaus: string[]; stemmen: Listed[]; domeinen: Listed[]; woorden: string[] }
}
/** `starts` and `ends` are minutes since midnight. */
export interface Clock {
  day: string
  starts: number
  ends: number | null
  people: number
  tablets: number
}
export interface NewSprint {
  number: number
  werkvormen: string[]
  clock: Clock
  tables: number
  place: string
  goal: string
}
export interface Tight {
  people: number
  tablets: number
  seconds: number
  needed: number
  fits: number
}
export interface Step {
  id: string
  title: string
  instruction: string
  minutes: number
  begins: number
  visible: string
  input: string[]
  skipped: boolean
  visited: boolean
  on: boolean
  tight: Tight | null
}
export interface Zone {
  id: string
  title: string
  question: string
  colour: string
  cards: number
}
export interface Board {
  id: string
  werkvorm: string
  title: string
  purpose: string
  form: string
  steps: Step[]
  zones: Zone[]
}
export const SCREENS = ['regie', 'wand', 'oogst', 'tafel', 'luister'] as const
export interface Sprint {
  id: string
  opgave: string | null
  title: string
  question: string
  number: number
  place: string
  date: string
  goal: string
  phase: string
  published: boolean
  /** It is on a journey, and rests here. */
  away: boolean
  clock: Clock
  tables: number
  per_table: number
  boards: Board[]
  ends: number
  late: number
  cards: number
  wiped: number | null
  links: Record<(typeof SCREENS)[number] | 'code' | 'join', string>
}
export type PlanCommand =
  | { do: 'step.minutes'; step: string; minutes: number }
  | { do: 'step.skip'; step: string; on: boolean }
  | { do: 'step.move'; step: string; before: string | null }
  | { do: 'board.move'; board: string; before: string | null }
  | { do: 'evening.publish'; on: boolean }
  | { do: 'evening.tell'; place: string; goal: string }

const PATIENCE_MS = 20_000

async function ask<T>(method: string, path: string, body?: unknown): Promise<Asked<T>> {
  let response: Response
  try {
    response = await fetch(at(`/api/bureau/${path}`), {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  } catch {
    return { ok: false, code: 'offline', where: '' }
  }
  try {
    const answer = await response.json()
    if (response.ok) return { ok: true, value: answer as T }
    return { ok: false, code: String(answer?.code ?? 'other'), where: String(answer?.where ?? '') }
  } catch {
    return { ok: false, code: 'other', where: '' }
  }
}

export interface Who {
  name: string
}
export const me = () => ask<Who>('GET', 'me')
export const signIn = (name: string, password: string) =>
  ask<Who>('POST', 'sign-in', { name, password })
export const signOut = () => ask<unknown>('POST', 'sign-out', {})
export const makeAccount = (secret: string, name: string, password: string) =>
  ask<Who>('POST', 'accounts', { secret, name, password })
export interface Colleague {
  id: string
  name: string
  me: boolean
}
export const colleagues = () => ask<Colleague[]>('GET', 'accounts')
export const removeAccount = (id: string) => ask<Colleague[]>('DELETE', `accounts/${id}`)
export const invite = () => ask<{ url: string }>('POST', 'invitations', {})

export const overview = () => ask<Overview>('GET', 'overview')
export const addOpgave = (opgave: Opgave) => ask<KeptOpgave>('POST', 'opgaven', opgave)
export const changeOpgave = (id: string, version: number, opgave: Opgave) =>
  ask<KeptOpgave>('PUT', `opgaven/${id}`, { version, opgave })
export const addSprint = (opgave: string, sprint: NewSprint) =>
  ask<{ sprint: string }>('POST', `opgaven/${opgave}/sprints`, sprint)

export const sprintOf = (id: string) => ask<Sprint>('GET', `sprints/${id}`)
export const plan = (id: string, command: PlanCommand) =>
  ask<Sprint>('POST', `sprints/${id}/plan`, command)
export const when = (id: string, clock: Clock, tables: number) =>
  ask<Sprint>('PUT', `sprints/${id}/when`, { clock, tables })
export const layCards = (id: string, zone: string, texts: string[]) =>
  ask<Sprint>('POST', `sprints/${id}/cards`, { zone, texts })

export const wipe = (id: string) => ask<{ wiped: string }>('POST', `sprints/${id}/wipe`, {})

export const paperPath = (id: string, sheet: 'tafels' | 'kaartjes' | 'opdrachten', cards = 0) =>
  at(`/api/bureau/sprints/${id}/paper/${sheet}.pdf${cards > 0 ? `?cards=${cards}` : ''}`)
