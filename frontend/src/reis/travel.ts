/* The koffer over plain HTTP: pack a board, take it back, bring a file. A file that comes is of up to
   fifty megabytes over a village's line, so who sends it is told how far it is. */

import { at } from '../below'
import type { RefusalCode } from '../sync/protocol'

export interface NotPlaced {
  asked: string
  why: RefusalCode
  text: string
}
export interface Report {
  sprint: string
  title: string
  notes: number
  double: number
  commands: number
  refused: number
  not_placed: NotPlaced[]
  carried: number
  again: boolean
}
export interface Brought {
  opened: boolean
  report: Report
}
/** Of what went wrong: a code, and the server's own sentence where it has one. */
export type Done<T> = { ok: true; value: T } | { ok: false; code: string; why: string }

const NAME = /filename="([^"]+)"/

/** The file, and its name. The board rests from then on. */
export async function pack(sprint: string): Promise<Done<{ name: string; file: Blob }>> {
  let response: Response
  try {
    response = await fetch(at(`/api/s/${sprint}/koffer`), {
      method: 'POST',
      credentials: 'same-origin',
      cache: 'no-store',
    })
    if (!response.ok) return wrong(await response.text())
    const name = NAME.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'koffer.zip'
    return { ok: true, value: { name, file: await response.blob() } }
  } catch {
    return { ok: false, code: 'offline', why: '' }
  }
}

export async function takeBack(sprint: string): Promise<Done<{ back: boolean }>> {
  try {
    const response = await fetch(at(`/api/s/${sprint}/koffer`), {
      method: 'DELETE',
      credentials: 'same-origin',
      cache: 'no-store',
    })
    const told = await response.text()
    return response.ok ? { ok: true, value: JSON.parse(told) as { back: boolean } } : wrong(told)
  } catch {
    return { ok: false, code: 'offline', why: '' }
  }
}

/** Send a file. `tell` hears how far it is, from 0 to 1. */
export function bring(file: Blob, tell: (done: number) => void): Promise<Done<Brought>> {
  return new Promise(done => {
    const request = new XMLHttpRequest() // fetch does not say how far it is
    request.upload.onprogress = event => {
      if (event.lengthComputable) tell(event.loaded / event.total)
    }
    request.onerror = () => done({ ok: false, code: 'offline', why: '' })
    request.onload = () => {
      if (request.status !== 200) return done(wrong(request.responseText))
      try {
        done({ ok: true, value: JSON.parse(request.responseText) as Brought })
      } catch {
        done({ ok: false, code: 'other', why: '' })
      }
    }
    request.open('POST', at('/api/bureau/koffer'))
    request.send(file)
  })
}

/** What the server says went wrong. */
export function wrong(told: string): { ok: false; code: string; why: string } {
  try {
    const { code, message } = JSON.parse(told) as { code?: unknown; message?: unknown }
    return { ok: false, code: String(code ?? 'other'), why: String(message ?? '') }
  } catch {
    return { ok: false, code: 'other', why: '' }
  }
}

/** Save it where this browser saves things. */
export function save(name: string, file: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
