// Fingers, pens, mice and keys on the board.
//
// Pointers: a mouse or pen picks a note up once it moved 5 px; a finger by pressing for 300 ms, or
// at once by the handle. A finger that moves sooner scrolls, so a swipe never moves a note. What is
// carried follows the pointer as a copy; letting go is one command; Escape, a cancelled pointer or
// a page that goes away puts it back.
//
// Keys: arrows go to the neighbour in that direction, Home and End to the ends of the zone, F6 to
// the next zone. Space picks a note up; then arrows choose the place, Enter lays it down, Escape
// puts it back. Ctrl+Z and Ctrl+Shift+Z take back and do again.

import { type Handling, undoByKeys } from './handling.svelte'
import { mayWith } from './may'
import {
  boxOf,
  type DrawnZone,
  drawnNotes,
  drawnZones,
  fieldOf,
  noteAt,
  noteElement,
} from './scene'
import {
  type Aim,
  aimAt,
  type Field,
  neighbour,
  type Point,
  sameAim,
  within,
  withinRound,
} from './target'

const MOUSE_PX = 5
const PRESS_MS = 300
/** How far a trembling finger may move while it presses. */
const TREMBLE_PX = 10
/** How long what was measured holds, while others change the board meanwhile. */
const MEASURE_MS = 150
const SCROLL_EDGE_PX = 64
const SCROLL_STEP_PX = 9

const ARROWS = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' } as const

interface Press {
  note: string
  element: HTMLElement
  pointer: number
  start: Point
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Listens on the board until the returned function is called. */
export function gestures(root: HTMLElement, handling: Handling): () => void {
  const { live } = handling
  let press: Press | null = null
  let carrying: { pointer: number; ghost: HTMLElement; grip: Point } | null = null
  let point: Point = { x: 0, y: 0 }
  let frame = 0
  let dragged = false

  // -- pointers ---------------------------------------------------------------------------

  function down(event: PointerEvent): void {
    dragged = false
    if (carrying || press || event.button !== 0 || !event.isPrimary) return
    if (!(event.target instanceof Element) || event.target.closest('dialog')) return
    const id = noteAt(event.target)
    const element = event.target.closest<HTMLElement>('[data-note-id]')
    if (id === null || !element) return
    if (handling.carried !== null) handling.putBack()
    point = { x: event.clientX, y: event.clientY }
    press = { note: id, element, pointer: event.pointerId, start: point, timer: undefined }
    if (event.pointerType !== 'touch') return
    if (event.target.closest('[data-handle]')) pickUp()
    else press.timer = setTimeout(pickUp, PRESS_MS)
  }

  function move(event: PointerEvent): void {
    if (carrying?.pointer === event.pointerId) {
      if (Math.hypot(event.clientX - point.x, event.clientY - point.y) > 0) dragged = true
      point = { x: event.clientX, y: event.clientY }
      return
    }
    if (press?.pointer !== event.pointerId) return
    const far = Math.hypot(event.clientX - press.start.x, event.clientY - press.start.y)
    if (event.pointerType === 'touch') {
      if (far > TREMBLE_PX) drop()
    } else if (far > MOUSE_PX) {
      point = { x: event.clientX, y: event.clientY }
      dragged = true
      pickUp()
    }
  }

  function up(event: PointerEvent): void {
    if (press?.pointer === event.pointerId) drop()
    if (carrying?.pointer !== event.pointerId) return
    point = { x: event.clientX, y: event.clientY }
    if (dragged) {
      look()
      release()
      handling.layDown()
    } else {
      release()
      handling.putBack()
    }
  }

  function cancel(event: PointerEvent): void {
    if (press?.pointer === event.pointerId) drop()
    if (carrying?.pointer === event.pointerId) putBack()
  }

  /** The note itself loses a finger to the board when it is picked up; only the board's loss counts. */
  function lost(event: PointerEvent): void {
    if (event.target === root) cancel(event)
  }

  /** Forgets a press that became nothing. */
  function drop(): void {
    clearTimeout(press?.timer)
    press = null
  }

  function pickUp(): void {
    if (!press) return
    const { note, element, pointer, start } = press
    drop()
    if (!element.isConnected || !handling.pickUp(note, false)) return
    const box = boxOf(element)
    const ghost = element.cloneNode(true) as HTMLElement
    for (const name of [
      'data-note-id',
      'tabindex',
      'aria-label',
      'id',
      'data-lifted',
      'data-carried',
    ]) {
      ghost.removeAttribute(name)
    }
    ghost.setAttribute('aria-hidden', 'true')
    ghost.inert = true
    ghost.classList.add('in-hand')
    ghost.classList.remove('carried')
    ghost.dataset.colour = element.closest<HTMLElement>('[data-colour]')?.dataset.colour ?? 'wit'
    const look = getComputedStyle(element)
    ghost.style.fontSize = look.fontSize
    ghost.style.padding = look.padding
    for (const name of ['--lines', '--inset', '--letters-size']) {
      ghost.style.setProperty(name, look.getPropertyValue(name))
    }
    ghost.style.width = `${box.w}px`
    ghost.style.height = `${box.h}px`
    carrying = { pointer, ghost, grip: { x: start.x - box.x, y: start.y - box.y } }
    root.append(ghost)
    // The board keeps the pointer, even where the note itself is drawn anew meanwhile.
    try {
      root.setPointerCapture(pointer)
    } catch {
      putBack()
      return
    }
    navigator.vibrate?.(12)
    frame = requestAnimationFrame(follow)
  }

  function follow(): void {
    if (!carrying) return
    scrollAtEdge()
    look()
    frame = requestAnimationFrame(follow)
  }

  let seen = ''
  /** The board as it was measured last; measured again when it scrolls, and now and then. */
  let measured: { at: number; scrolled: number; zones: DrawnZone[]; fields: Map<string, Field> } = {
    at: Number.NEGATIVE_INFINITY,
    scrolled: 0,
    zones: [],
    fields: new Map(),
  }

  /** Draws the copy under the pointer and sees where it would land. */
  function look(): void {
    if (!carrying || handling.carried === null) return
    const note = live.notes.get(handling.carried)
    if (!note || note.gone) {
      putBack()
      return
    }
    const { ghost, grip } = carrying
    const scrolled = root.querySelector('.near-zone [data-field]')?.scrollTop ?? 0
    const time = performance.now()
    const stale = time - measured.at > MEASURE_MS || scrolled !== measured.scrolled
    const now = `${point.x} ${point.y}`
    if (now === seen && !stale) return
    seen = now
    if (stale) measured = { at: time, scrolled, zones: drawnZones(root), fields: new Map() }
    ghost.style.transform = `translate(${point.x - grip.x}px, ${point.y - grip.y}px)`
    const zone = measured.zones.find(one => (one.round ? withinRound : within)(point, one.box))
    if (!zone) {
      handling.aim = null
      return
    }
    const allowed = mayWith(live, note)
    let aim: Aim | null
    if (zone.tray) {
      const out = note.cluster === null || allowed.group
      aim = out ? { kind: 'place', zone: zone.id, cluster: null, before: null } : null
    } else {
      let field = measured.fields.get(zone.id)
      if (!field) {
        field = fieldOf(root, live, zone.id, note.id)
        measured.fields.set(zone.id, field)
      }
      aim = aimAt(point, field, allowed, note.cluster)
    }
    if (stale || !sameAim(aim, handling.aim)) handling.aim = aim
    const part = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 1000)
    live.hold({
      note: note.id,
      zone: zone.id,
      x: zone.tray ? 500 : part((point.x - zone.box.x) / zone.box.w),
      y: zone.tray ? 500 : part((point.y - zone.box.y) / zone.box.h),
    })
  }

  function scrollAtEdge(): void {
    const field = root.querySelector('.near-zone [data-field]')
    if (!field) return
    const box = boxOf(field)
    if (point.x < box.x || point.x > box.x + box.w) return
    if (point.y < box.y + SCROLL_EDGE_PX) field.scrollTop -= SCROLL_STEP_PX
    else if (point.y > box.y + box.h - SCROLL_EDGE_PX) field.scrollTop += SCROLL_STEP_PX
  }

  function release(): void {
    if (!carrying) return
    cancelAnimationFrame(frame)
    seen = ''
    measured.at = Number.NEGATIVE_INFINITY
    carrying.ghost.remove()
    const { pointer } = carrying
    carrying = null
    if (root.hasPointerCapture(pointer)) root.releasePointerCapture(pointer)
  }

  function putBack(): void {
    drop()
    release()
    handling.putBack()
  }

  /** While a finger carries a note, or presses to pick it up by the handle, it does not scroll. */
  function touchMove(event: TouchEvent): void {
    if (carrying && event.cancelable) event.preventDefault()
  }

  function menu(event: Event): void {
    if (carrying || press) event.preventDefault()
  }

  function click(event: MouseEvent): void {
    if (dragged && event.detail > 0) {
      dragged = false
      event.preventDefault()
      event.stopPropagation()
      return
    }
    if (!(event.target instanceof Element) || event.target.closest('dialog')) return
    const note = event.target.closest<HTMLElement>('button[data-note-id]')
    if (note) {
      handling.openNote(note.dataset.noteId as string)
      return
    }
    // A board that is a page to read has nothing to come near to.
    if (handling.near !== null || event.target.closest('h3 button, [data-page]')) return
    const zone = event.target.closest<HTMLElement>('[data-zone-id]')?.dataset.zoneId
    if (zone) handling.comeNear(zone)
  }

  function away(): void {
    if (document.visibilityState === 'hidden' && (carrying || handling.carried !== null)) putBack()
  }

  // -- keys -------------------------------------------------------------------------------

  function key(event: KeyboardEvent): void {
    const { target } = event
    if (handling.opened !== null || event.isComposing || event.defaultPrevented) return
    if (target instanceof HTMLElement && target.matches('input, textarea, select')) return
    if (undoByKeys(event, handling)) return
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'Escape') {
      if (carrying || handling.carried !== null) {
        event.preventDefault()
        putBack()
      } else if (handling.near !== null) {
        event.preventDefault()
        handling.stepBack()
      }
      return
    }
    if (handling.carried !== null && handling.byKeys) {
      carryByKeys(event)
      return
    }
    if (event.key === 'F6') {
      event.preventDefault()
      toZone(event.shiftKey ? -1 : 1)
      return
    }
    const id = noteAt(target)
    if (id === null) return
    if (event.key === ' ') {
      event.preventDefault()
      handling.pickUp(id, true)
      return
    }
    if (event.key in ARROWS) {
      event.preventDefault()
      const others = drawnNotes(root)
      const from = others.find(one => one.id === id)
      if (!from) return
      const direction = ARROWS[event.key as keyof typeof ARROWS]
      const to = neighbour(
        from.box,
        others.filter(one => one !== from),
        direction,
      )
      if (to !== null) focusNote(to)
    } else if (event.key === 'Home' || event.key === 'End') {
      event.preventDefault()
      const zone = (target as Element).closest('[data-zone-id]')
      const notes = zone ? drawnNotes(zone) : []
      const to = event.key === 'Home' ? notes[0] : notes[notes.length - 1]
      if (to) focusNote(to.id)
    }
  }

  function carryByKeys(event: KeyboardEvent): void {
    if (event.key in ARROWS) {
      event.preventDefault()
      handling.carryOn(ARROWS[event.key as keyof typeof ARROWS])
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      handling.layDown()
    } else if (event.key === 'Tab') {
      event.preventDefault()
    }
  }

  /** A button answers to the space bar when it comes up; here it was a note that was picked up. */
  function keyUp(event: KeyboardEvent): void {
    if (event.key === ' ' && noteAt(event.target) !== null) event.preventDefault()
  }

  function focusNote(id: string): void {
    const element = noteElement(root, id)
    element?.focus()
    element?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }

  function toZone(by: 1 | -1): void {
    const zones = [...root.querySelectorAll<HTMLElement>('[data-zone-id]')]
    if (zones.length === 0) return
    const here = document.activeElement?.closest('[data-zone-id]') ?? null
    const at = here ? zones.indexOf(here as HTMLElement) : by > 0 ? -1 : 0
    const zone = zones[(at + by + zones.length) % zones.length]
    const stop = zone?.querySelector<HTMLElement>('button[data-note-id][tabindex="0"]')
    ;(stop ?? zone?.querySelector<HTMLElement>('button, h2'))?.focus()
  }

  function focused(event: FocusEvent): void {
    const id = noteAt(event.target)
    const note = id === null ? undefined : live.notes.get(id)
    if (note) handling.stops.set(note.zone, note.id)
  }

  const stop = new AbortController()
  const { signal } = stop
  root.addEventListener('pointerdown', down, { signal })
  root.addEventListener('pointermove', move, { signal })
  root.addEventListener('pointerup', up, { signal })
  root.addEventListener('pointercancel', cancel, { signal })
  root.addEventListener('lostpointercapture', lost, { signal })
  root.addEventListener('touchmove', touchMove, { passive: false, signal })
  root.addEventListener('contextmenu', menu, { signal })
  root.addEventListener('dragstart', event => event.preventDefault(), { signal })
  root.addEventListener('click', click, { capture: true, signal })
  root.addEventListener('keyup', keyUp, { signal })
  root.addEventListener('focusin', focused, { signal })
  addEventListener('keydown', key, { signal })
  document.addEventListener('visibilitychange', away, { signal })
  return () => {
    stop.abort()
    drop()
    release()
    if (handling.carried !== null) handling.putBack()
  }
}
