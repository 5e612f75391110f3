/* The words of a note as they may stand on a wall: what was literally said, unless somebody found
   that other words are required. The rule is the server's (`disclosure.py`); this mirrors it for
   notes that are drawn straight from the board. */

import type { Redaction } from '../sync/protocol'

interface Said {
  id: string
  text: string
  literal: string | null
}

/** The required redactions, by note; of several the last one counts. */
export function required(redactions: Iterable<Redaction>): Map<string, string> {
  const texts = new Map<string, { at: number; text: string }>()
  for (const { note, text, at, required, gone } of redactions) {
    if (!required || gone) continue
    const before = texts.get(note)
    if (!before || before.at <= at) texts.set(note, { at, text })
  }
  return new Map([...texts].map(([note, { text }]) => [note, text]))
}

export function quoted(note: Said, instead: ReadonlyMap<string, string>): string {
  return instead.get(note.id) ?? note.literal ?? note.text
}
