/* Counting as the server counts: code points, after the ends are trimmed. */

import { LIMITS } from '../sync/protocol'

/** What the field offers. It never cuts off: who goes over it is told so, and the server takes far more. */
export const BUDGET = LIMITS.NOTE_BUDGET

export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

export function leftOf(text: string): number {
  return BUDGET - codePoints(text.trim())
}
