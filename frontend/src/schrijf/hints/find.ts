/* What a hint would ask about a text. Pure. */

import { HEALTH, NAMES, SOLUTIONS, STREETS, TITLES } from './lists'

export type Hint = 'oplossing' | 'privacy'
export type Asked = 'solution' | 'person' | 'phone' | 'mail' | 'address' | 'health'

export interface Finding {
  asked: Asked
  /** What it is about; none for a solution, which is about the whole sentence. */
  words: string[]
}

const PHONE = /(?<![\d-])(?:\+31|0031|0)[ -]?\d(?:[ -]?\d){7,8}(?![\d-])/g
const MAIL = /[\w.+-]+@[\w-]+\.[\w.-]+\w/g
const ADDRESS = new RegExp(
  `\\b\\p{Lu}[\\p{L}'-]*(?:${STREETS})\\s\\d+\\s?[a-zA-Z]?\\b|\\b[1-9]\\d{3}\\s?[A-Z]{2}\\b`,
  'gu',
)
const TITLED = new RegExp(
  `\\b(?:${TITLES.join('|')})\\b\\.?\\s+(?:(?:van|de|den|der|ten|ter)\\s+)*\\p{Lu}[\\p{L}'-]+`,
  'giu',
)
const CAPITAL = /(?<![\p{L}\d])\p{Lu}[\p{L}'-]+/gu
const NAMED: ReadonlySet<string> = new Set(NAMES)

/** At most one finding of a kind, in the order in which they matter. */
export function find(text: string, hints: readonly Hint[]): Finding[] {
  const found: Finding[] = []
  if (hints.includes('oplossing') && isSolution(text)) found.push({ asked: 'solution', words: [] })
  if (!hints.includes('privacy')) return found
  const add = (asked: Asked, words: Iterable<string>) => {
    const each = [...new Set(words)]
    if (each.length > 0) found.push({ asked, words: each })
  }
  add('person', persons(text))
  add('phone', matches(text, PHONE))
  add('mail', matches(text, MAIL))
  add('address', matches(text, ADDRESS))
  add('health', health(text))
  return found
}

function isSolution(text: string): boolean {
  return text
    .toLowerCase()
    .split(/[.!?\n]+/)
    .map(sentence => sentence.trim().replace(/\s+/g, ' '))
    .some(sentence => SOLUTIONS.some(words => `${sentence} `.startsWith(`${words} `)))
}

function persons(text: string): string[] {
  // Not case-sensitive for the title ("Mevrouw"), but what follows it has a capital.
  const titled = matches(text, TITLED).filter(match => /\s\p{Lu}[\p{L}'-]+$/u.test(match))
  const rest = titled.reduce((left, match) => left.replace(match, ' '), text)
  return [
    ...titled,
    ...matches(rest, CAPITAL).filter(
      word => NAMED.has(word.replace(/'?s$/, '')) || NAMED.has(word),
    ),
  ]
}

function health(text: string): string[] {
  return text.split(/[^\p{L}-]+/u).filter(word => {
    const small = word.toLowerCase()
    return HEALTH.some(part => small.startsWith(part))
  })
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([match]) => match.trim())
}
