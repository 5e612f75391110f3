// The sentence in its fixed frame, "Wij doen dit zodat [wie] [wat kan of merkt].", and how sentences
// come from one another. Pure. The frame itself is in the language of the evening, not of the screen:
// it is part of what was said.

export const BEGIN = 'Wij doen dit zodat'
/** A tip, never a limit. */
export const WORDS_TIP = 20

export interface Parts {
  wie: string
  wat: string
}

export function sentenceOf({ wie, wat }: Parts): string {
  const who = tidy(wie)
  const what = tidy(wat)
  const end = /[.!?…]$/.test(what) || what === '' ? '' : '.'
  return `${[BEGIN, who, what].filter(part => part !== '').join(' ')}${end}`
}

/** As it goes along with the note: without the dot, without spaces too many. */
export function tidyParts({ wie, wat }: Parts): Parts {
  return { wie: tidy(wie), wat: tidy(wat) }
}

function tidy(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/(?<!\.)\.$/, '')
    .trim()
}

export function isWhole(parts: Parts): boolean {
  const { wie, wat } = tidyParts(parts)
  return /[\p{L}\p{N}]/u.test(wie) && /[\p{L}\p{N}]/u.test(wat)
}

export function wordCount(text: string): number {
  return text.split(/\s+/).filter(word => /[\p{L}\p{N}]/u.test(word)).length
}

export interface Made {
  id: string
  of: readonly string[]
  at: number
}

/** 1 for a sentence of its own; one more than the latest it was made from. */
export function versionOf(id: string, find: (id: string) => Made | undefined): number {
  const seen = new Set<string>()
  const depth = (one: string): number => {
    const made = find(one)
    if (!made || seen.has(one)) return 0
    seen.add(one)
    let before = 0
    for (const from of made.of) before = Math.max(before, depth(from))
    return before + 1
  }
  return Math.max(1, depth(id))
}

/** The sentences one was made from, those it became, and itself, in the order they were made. */
export function lineOf<M extends Made>(id: string, all: Iterable<M>): M[] {
  const byId = new Map<string, M>()
  for (const one of all) byId.set(one.id, one)
  const found = new Set<string>()
  const back = (one: string): void => {
    const made = byId.get(one)
    if (!made || found.has(one)) return
    found.add(one)
    for (const from of made.of) back(from)
  }
  back(id)
  const forward = (one: string): void => {
    for (const made of byId.values()) {
      if (made.of.includes(one) && !found.has(made.id)) {
        found.add(made.id)
        forward(made.id)
      }
    }
  }
  forward(id)
  return [...found].map(one => byId.get(one) as M).sort((a, b) => a.at - b.at)
}
