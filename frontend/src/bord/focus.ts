// Keeps the focus where it is while others work on the same board. A note that is drawn anew
// elsewhere gets it back; where the note is gone, the next one in order gets it and a message says
// so. The focus never jumps for any other reason.

import { tick } from 'svelte'
import type { Live } from '../sync/live.svelte'
import { groupElement, noteAt, noteButton } from './scene'

/** Watches a board or list until the returned function is called. `gone` is told when a focused note was thrown away. */
export function keepFocus(root: HTMLElement, live: Live, gone: () => void): () => void {
  let id: string | null = null
  let order: string[] = []

  const drawn = () =>
    [...root.querySelectorAll<HTMLElement>('[data-note-id]')].map(
      element => element.dataset.noteId as string,
    )

  function focused(event: FocusEvent): void {
    id = root.contains(event.target as Node) ? noteAt(event.target) : null
    if (id !== null) order = drawn()
  }
  /** A press on something that takes no focus lets go of it on purpose. */
  function pressed(event: PointerEvent): void {
    if (noteAt(event.target) === null) id = null
  }

  const watch = new MutationObserver(() => {
    if (id === null) return
    const active = document.activeElement
    const lost = active === null || active === document.body
    if (lost) {
      const note = live.notes.get(id)
      const again = note && !note.gone ? noteButton(root, id) : null
      if (again) {
        again.focus({ preventScroll: true })
      } else {
        const at = order.indexOf(id)
        const next = [...order.slice(at + 1), ...order.slice(0, Math.max(0, at)).reverse()]
        const wasGone = note?.gone ?? true
        const heir = next.map(one => noteButton(root, one)).find(one => one !== null)
        if (heir) heir.focus({ preventScroll: true })
        else root.querySelector<HTMLElement>('h2 button, h2[tabindex], h1')?.focus()
        if (wasGone) gone()
      }
    }
    if (id !== null) order = drawn()
  })
  watch.observe(root, { childList: true, subtree: true })
  document.addEventListener('focusin', focused)
  document.addEventListener('pointerdown', pressed)
  return () => {
    watch.disconnect()
    document.removeEventListener('focusin', focused)
    document.removeEventListener('pointerdown', pressed)
  }
}

/** After a dialog: to the note or group it was about, wherever that lies now, if nothing has the focus. */
export async function focusAgain(
  root: HTMLElement,
  what: string,
  id: string | null,
): Promise<void> {
  await tick()
  const active = document.activeElement
  if (id === null || (active !== null && active !== document.body)) return
  const drawn =
    what === 'note'
      ? noteButton(root, id)
      : groupElement(root, id)?.querySelector<HTMLElement>('h3 button')
  ;(drawn ?? root.querySelector<HTMLElement>('h2 button, h2[tabindex], h1'))?.focus()
}
