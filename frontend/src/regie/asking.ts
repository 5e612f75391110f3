/* What the regie asks over plain HTTP: the links of every role, and a rehearsal. */

import { type Answer, call } from '../meedoen/door'
import type { AnyCommand } from '../sync/protocol'

/** Asks the room; what comes of it is shown. */
export type Ask = (command: AnyCommand) => void

export const LINKS = ['wand', 'regie', 'oogst', 'tafel', 'luister'] as const
export type Link = (typeof LINKS)[number]

export function linksOf(sprint: string): Promise<Answer<Partial<Record<Link, string>>>> {
  return call('GET', `/api/s/${sprint}/links`)
}

export function renewLink(sprint: string, which: Link): Promise<Answer<{ url: string }>> {
  return call('POST', `/api/s/${sprint}/links/${which}`)
}

export interface Rehearsal {
  regie_url: string
  wall_url: string
}

export function beginRehearsal(sprint: string): Promise<Answer<Rehearsal>> {
  return call('POST', `/api/s/${sprint}/rehearsal`)
}

export function wipeRehearsal(sprint: string): Promise<Answer<unknown>> {
  return call('DELETE', `/api/s/${sprint}/rehearsal`)
}

/** Whether it could be copied: plain http in a hall has no clipboard, then the old way is left. */
export async function copy(field: HTMLInputElement | null): Promise<boolean> {
  if (!field) return false
  field.select()
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(field.value)
    else document.execCommand('copy')
    return true
  } catch {
    return false
  }
}

/** What a clock on the wall would show. */
export function clockTime(ms: number): string {
  return new Date(ms).toLocaleTimeString(document.documentElement.lang, {
    hour: '2-digit',
    minute: '2-digit',
  })
}
