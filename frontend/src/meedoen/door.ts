/* Coming in: the few questions that go over plain HTTP, before there is a socket.

   Every answer is a value: `ok`, or a code of words/ with how long to wait. A network that is
   not there is the code `offline`. The cookie that comes back is the seat; this file never sees
   it. Which sprints this browser was at is remembered by id only, in localStorage. */

import { at } from '../below'

export type Answer<T> = { ok: true; value: T } | { ok: false; code: string }

const PATIENCE_MS = 15_000

export async function call<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer<T>> {
  let response: Response
  try {
    response = await fetch(at(path), {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  } catch {
    return { ok: false, code: 'offline' }
  }
  try {
    const answer = await response.json()
    if (response.ok) return { ok: true, value: answer as T }
    return { ok: false, code: typeof answer?.code === 'string' ? answer.code : 'other' }
  } catch {
    return { ok: false, code: 'other' }
  }
}

export type Invitation = { code: string } | { token: string }

export function join(invitation: Invitation): Promise<Answer<{ sprint: string }>> {
  return call('POST', '/api/join', invitation)
}

export function enter(secret: string): Promise<Answer<{ sprint: string; role: string }>> {
  return call('POST', '/api/enter', { secret })
}

export interface Seats {
  title: string
  roles: string[]
  /** The address to type on a tablet, shown beside the code. */
  url?: string
}

export function seatsAt(sprint: string): Promise<Answer<Seats>> {
  return call('GET', `/api/s/${sprint}/me`)
}

/** A code to go on with this seat on another device. */
export function stoelcode(sprint: string): Promise<Answer<{ code: string; until: number }>> {
  return call('POST', `/api/s/${sprint}/stoelcode`)
}

/** Go on here with a seat that was on another device. */
export function move(
  invitation: Invitation,
  stoelcode: string,
): Promise<Answer<{ sprint: string }>> {
  return call('POST', '/api/move', { ...invitation, stoelcode })
}

const TABLE = 'opgavebord.tafel'

/** Who came in by the card of a table sits down there, as soon as the board is open. */
export function chooseTable(sprint: string, table: string): void {
  try {
    sessionStorage.setItem(TABLE, `${sprint}/${table}`)
  } catch {
    // They can still choose it themselves.
  }
}

/** The table that was chosen at the door, once. */
export function tableChosen(sprint: string): string | null {
  try {
    const [at, table] = (sessionStorage.getItem(TABLE) ?? '').split('/')
    if (at !== sprint || !table) return null
    sessionStorage.removeItem(TABLE)
    return table
  } catch {
    return null
  }
}

const SHELF = 'opgavebord.sprints'
const MOST = 6

/** Newest first. */
export function remembered(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(SHELF) ?? '[]')
    return Array.isArray(kept) ? kept.filter(id => typeof id === 'string').slice(0, MOST) : []
  } catch {
    return []
  }
}

export function remember(sprint: string): void {
  keep([sprint, ...remembered().filter(id => id !== sprint)].slice(0, MOST))
}

export function forget(sprint: string): void {
  keep(remembered().filter(id => id !== sprint))
}

function keep(sprints: string[]): void {
  try {
    localStorage.setItem(SHELF, JSON.stringify(sprints))
  } catch {
    // A browser that keeps nothing: the code still works.
  }
}
