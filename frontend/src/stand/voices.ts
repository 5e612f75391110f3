/* Whose voice a scribe types in, by key: 1 to 9 choose one, › is the last speaker again. A key
   counts where the field is empty, or together with Alt; in the middle of a text a 3 is a 3. Pure. */

import type { Stem } from '../sync/protocol'

export type Choice = { voice: number } | 'again' | null

const AGAIN = ['>', '›', '»']

interface Pressed {
  key: string
  code: string
  altKey: boolean
  ctrlKey: boolean
  metaKey: boolean
}

export function chosenBy({ key, code, altKey, ctrlKey, metaKey }: Pressed, empty: boolean): Choice {
  if (ctrlKey || metaKey || (!altKey && !empty)) return null
  // With Alt a keyboard may give another sign than the digit: then the key itself tells.
  const digit = /^[1-9]$/.test(key)
    ? key
    : altKey
      ? /^(?:Digit|Numpad)([1-9])$/.exec(code)?.[1]
      : null
  if (digit) return { voice: Number(digit) - 1 }
  return AGAIN.includes(key) ? 'again' : null
}

/** The key of a voice, where it has one. */
export function keyOf(index: number): string | null {
  return index < 9 ? String(index + 1) : null
}

/** The voice that a choice means now; undefined where it means none. */
export function voiceOf(
  choice: Choice,
  stems: readonly Stem[],
  last: string | null,
): string | undefined {
  if (choice === null) return undefined
  if (choice === 'again') return last ?? undefined
  return stems[choice.voice]?.id
}
