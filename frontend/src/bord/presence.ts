// What others do at this moment, drawn over the board: a note in somebody's hand floats at the same
// place in the same zone, and a note somebody types in says so. Nothing of it is kept.
//
// It is written straight onto the elements, not through state: ten times a second, for a few notes
// among hundreds, only those few are touched.

import type { Live } from '../sync/live.svelte'
import { say } from '../words/say'
import { boxOf, noteElement, zoneElement } from './scene'

/** Call in an effect; it reads what others hold and where they type. In a list nothing floats. */
export function showOthers(root: HTMLElement, live: Live, floats = true): void {
  const held = new Set<HTMLElement>()
  /** The zones and groups that a floating note comes from: they lie above the others meanwhile. */
  const over = new Set<HTMLElement>()
  for (const [id, drag] of live.drags) {
    const element = noteElement(root, id)
    if (!element) continue
    held.add(element)
    const words = say('bord.someone_moves')
    if (element.dataset.carried !== words) element.dataset.carried = words
    const zone = floats ? zoneElement(root, drag.zone) : null
    if (!zone) {
      element.style.translate = ''
      continue
    }
    for (const around of ['[data-zone-id]', '[data-cluster-id]']) {
      const from = element.closest<HTMLElement>(around)
      if (!from) continue
      over.add(from)
      if (from.dataset.over === undefined) from.dataset.over = ''
    }
    const area = boxOf(zone)
    const home = homeOf(element)
    const clamp = (value: number, from: number, room: number) =>
      Math.min(from + Math.max(0, room), Math.max(from, value))
    const w = element.offsetWidth
    const h = element.offsetHeight
    const x = clamp(area.x + (drag.x / 1000) * area.w - w / 2, area.x, area.w - w)
    const y = clamp(area.y + (drag.y / 1000) * area.h - h / 2, area.y, area.h - h)
    element.style.translate = `${Math.round(x - home.x)}px ${Math.round(y - home.y)}px`
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-over]')) {
    if (!over.has(element)) delete element.dataset.over
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-carried]')) {
    if (held.has(element)) continue
    delete element.dataset.carried
    element.style.translate = ''
  }

  const typed = new Set<HTMLElement>()
  for (const [id] of live.typing) {
    const element = noteElement(root, id)
    if (!element) continue
    typed.add(element)
    element.dataset.typing = say('bord.someone_types')
  }
  for (const element of root.querySelectorAll<HTMLElement>('[data-typing]')) {
    if (!typed.has(element)) delete element.dataset.typing
  }
}

/** Where an element lies when nobody holds it: from its parent, without the float. */
function homeOf(element: HTMLElement): { x: number; y: number } {
  const parent = element.parentElement as HTMLElement
  const around = boxOf(parent)
  const own = element.style.transform
  const moved = own ? new DOMMatrix(own) : null
  const inner = element.offsetParent === parent
  return {
    x: around.x + element.offsetLeft - (inner ? 0 : parent.offsetLeft) + (moved?.m41 ?? 0),
    y: around.y + element.offsetTop - (inner ? 0 : parent.offsetTop) + (moved?.m42 ?? 0),
  }
}
