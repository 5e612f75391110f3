/* Asking for a file and waiting for it, over plain HTTP. The server makes it; this only asks how far
   it is, a few times a second, and forgives a network that is away for a moment. */

import { at } from '../below'
import { type Answer, call } from '../meedoen/door'

export interface Wish {
  format: 'docx' | 'pdf' | 'odt' | 'xlsx' | 'csv' | 'json' | 'png'
  board?: string
  pictures?: 'as_fits' | 'one' | 'zip'
}

/** A file that is ready to be fetched. */
export interface File {
  href: string
  name: string
}

interface State {
  done: number
  ready: boolean
  name?: string
}

export type Ask = <T>(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answer<T>>

const ASK_EVERY_MS = 300
const FORGIVEN = 20 // answers that did not come, one after the other

const wait = (ms: number) => new Promise<void>(done => setTimeout(done, ms))

export async function take(
  sprint: string,
  wish: Wish,
  tell: (done: number) => void,
  ask: Ask = call,
  pause: (ms: number) => Promise<void> = wait,
): Promise<Answer<File>> {
  const path = `/api/s/${sprint}/exports`
  const begun = await ask<{ id: string }>('POST', path, wish)
  if (!begun.ok) return begun
  const mine = `${path}/${begun.value.id}`
  let missed = 0
  for (;;) {
    const state = await ask<State>('GET', mine)
    if (state.ok) {
      missed = 0
      tell(state.value.done)
      if (state.value.ready) {
        return { ok: true, value: { href: at(`${mine}/file`), name: state.value.name ?? '' } }
      }
    } else if (state.code !== 'offline' || ++missed > FORGIVEN) {
      return state
    }
    await pause(ASK_EVERY_MS)
  }
}

/** Save it where this browser saves things. */
export function save(file: File): void {
  const link = document.createElement('a')
  link.href = file.href
  link.download = file.name
  link.click()
}
