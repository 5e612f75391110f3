/* A small face beside the word of a feeling, never instead of it. */

import type { Field } from '../sync/protocol'

export type Face = 'glad' | 'even' | 'sad'

/** The mouth. */
export const FACES: Record<Face, string> = {
  glad: 'M7.5 14c2.2 3 6.8 3 9 0',
  even: 'M8 15.2h8',
  sad: 'M7.5 16.6c2.2-3 6.8-3 9 0',
}

const WORDS: { readonly [word: string]: Face } = {
  fijn: 'glad',
  blij: 'glad',
  goed: 'glad',
  gewoon: 'even',
  vervelend: 'sad',
  rot: 'sad',
  slecht: 'sad',
}

/** By its word; of three unknown feelings by their order: from glad to sad. */
export function faceOf(question: Field, option: string, index: number): Face | null {
  if (question.name !== 'gevoel') return null
  const known = WORDS[option.toLowerCase()]
  if (known) return known
  return question.options.length === 3 ? ((['glad', 'even', 'sad'] as const)[index] ?? null) : null
}
