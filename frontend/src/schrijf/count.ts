/* Counting as the server counts: code points, after the ends are trimmed. */

export const BUDGET = 240

export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

export function leftOf(text: string): number {
  return BUDGET - codePoints(text.trim())
}
