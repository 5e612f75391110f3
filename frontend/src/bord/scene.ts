// Reads the board as it is drawn: which boxes lie where on the screen. The pure part, what that
// means for a carried note, is in target.ts.

import type { Live } from '../sync/live.svelte'
import type { Box } from './layout'
import { closed } from './may'
import type { Field, Lying } from './target'

export function boxOf(element: Element): Box {
  const { left, top, width, height } = element.getBoundingClientRect()
  return { x: left, y: top, w: width, h: height }
}

export function noteElement(root: Element, id: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-note-id="${CSS.escape(id)}"]`)
}
/** What takes the focus of a note: itself, or the button in a list item. Tiles take none. */
export function noteButton(root: Element, id: string): HTMLElement | null {
  const element = noteElement(root, id)
  return element?.matches('button') ? element : (element?.querySelector('button') ?? null)
}
export function zoneElement(root: Element, id: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-zone-id="${CSS.escape(id)}"]`)
}
export function groupElement(root: Element, id: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-cluster-id="${CSS.escape(id)}"]`)
}
export function trayElement(root: Element, id: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-tray="${CSS.escape(id)}"]`)
}

/** The note an event happened on. */
export function noteAt(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null
  return target.closest<HTMLElement>('[data-note-id]')?.dataset.noteId ?? null
}

export interface DrawnZone {
  id: string
  box: Box
  /** A place in the tray, where zones stand that are not drawn. */
  tray: boolean
  /** A circle: what lies in the corners of its box is not in it. */
  round: boolean
}

/** All zones one can aim at: first the tray, for it lies above. */
export function drawnZones(root: Element): DrawnZone[] {
  const found: DrawnZone[] = []
  for (const place of root.querySelectorAll<HTMLElement>('[data-tray]')) {
    found.push({ id: place.dataset.tray as string, box: boxOf(place), tray: true, round: false })
  }
  for (const zone of root.querySelectorAll<HTMLElement>('[data-zone-id]')) {
    const id = zone.dataset.zoneId as string
    found.push({ id, box: boxOf(zone), tray: false, round: zone.dataset.round !== undefined })
  }
  return found
}

/** A zone as it is drawn, without the carried note. */
export function fieldOf(root: Element, live: Live, zone: string, carried: string): Field {
  const element = zoneElement(root, zone)
  const groups = new Map<string, { id: string; box: Box; notes: Lying[] }>()
  const loose: Lying[] = []
  if (element) {
    for (const panel of element.querySelectorAll<HTMLElement>('[data-cluster-id]')) {
      const id = panel.dataset.clusterId as string
      groups.set(id, { id, box: boxOf(panel), notes: [] })
    }
    for (const drawn of element.querySelectorAll<HTMLElement>('[data-note-id]')) {
      const id = drawn.dataset.noteId as string
      const note = live.notes.get(id)
      if (!note || id === carried) continue
      const lying = { id, box: boxOf(drawn), closed: closed(note) }
      if (note.cluster === null) loose.push(lying)
      else groups.get(note.cluster)?.notes.push(lying)
    }
  }
  return { zone, groups: [...groups.values()], loose }
}

/** Every note that is drawn as a button, in the order of the page. */
export function drawnNotes(root: Element): Lying[] {
  const found: Lying[] = []
  for (const drawn of root.querySelectorAll<HTMLElement>('button[data-note-id]')) {
    found.push({ id: drawn.dataset.noteId as string, box: boxOf(drawn) })
  }
  return found
}
