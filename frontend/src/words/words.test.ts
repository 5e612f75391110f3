import { describe, expect, it } from 'vitest'
import { en } from './en'
import { nl, type Sentence } from './nl'
import { nlLater } from './nl_later'
import { fill, say, sayCode } from './say'

const WORDS_PER_SENTENCE = 15

/** Words of policy and process that no neighbour uses; the screens find another way to say it. */
const JARGON = [
  'maatschappelijke bedoeling',
  'belevingsperspectief',
  'leefwereld',
  'systeemwereld',
  'integraal',
  'samenhang',
  'stakeholder',
  'actor',
  'inspanning',
  'doelstelling',
  'programmaopzet',
  'prioriteren',
  'cluster',
  'faciliter',
  'borgen',
  'draagvlak',
  'participer',
  'voorziening',
  'terugkoppel',
  'anonimiser',
  'synchroni',
  'sessie',
  'server',
  'refresh',
  'inloggen',
  'klik',
]

const shapes = (sentence: Sentence): string[] =>
  typeof sentence === 'string' ? [sentence] : [sentence.one, sentence.other]
const slots = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(m => m[1] ?? '').sort()
type Words = Record<string, Sentence>
const rooms = import.meta.glob<{ nl: Words; en: Words }>('../*/words.ts', { eager: true })
const CATALOGUES: [name: string, nl: Words, en: Words][] = [
  ['everywhere', { ...nl, ...nlLater }, en],
  ...Object.entries(rooms).map(([path, words]): [string, Words, Words] => [
    path,
    words.nl,
    words.en,
  ]),
]

describe.each(CATALOGUES)('the catalogue of %s', (_, dutchWords, englishWords) => {
  const entries = Object.entries(dutchWords)

  it('has the same keys in both languages', () => {
    expect(Object.keys(englishWords).sort()).toEqual(Object.keys(dutchWords).sort())
  })

  it('has the same slots, and nothing empty', () => {
    for (const [key, dutch] of entries) {
      const english = englishWords[key] as Sentence
      expect(typeof english, key).toBe(typeof dutch)
      const other = (sentence: Sentence) => shapes(sentence).at(-1) ?? ''
      expect(slots(other(english)), key).toEqual(slots(other(dutch)))
      for (const text of [...shapes(dutch), ...shapes(english)]) {
        expect(text.trim(), key).toBe(text)
        expect(text, key).not.toBe('')
      }
    }
  })

  it('has short sentences, no jargon, and says je', () => {
    for (const [key, sentence] of entries) {
      for (const text of shapes(sentence)) {
        for (const part of text.split(/(?<=[.?!…;])\s+/)) {
          expect(part.split(/\s+/).length, `${key}: ${part}`).toBeLessThanOrEqual(
            WORDS_PER_SENTENCE,
          )
        }
        for (const word of JARGON) expect(text.toLowerCase(), key).not.toContain(word)
        expect(text, key).not.toMatch(/\b(u|uw)\b/i)
      }
    }
  })

  it('says what to do next with every refusal, problem and farewell', () => {
    for (const [key, sentence] of entries) {
      if (!/^(refused|problem|farewell)\./.test(key)) continue
      const parts = (shapes(sentence)[0] ?? '').split(/(?<=[.;])\s+/)
      expect(parts.length, key).toBeGreaterThanOrEqual(2)
    }
  })
})

describe('say', () => {
  it('fills slots and chooses between one and more', () => {
    expect(say('schrijf.left', { n: 80 })).toBe('Nog 80 tekens')
    expect(say('schrijf.left', { n: 1 })).toBe('Nog 1 teken')
    expect(say('schrijf.left', { n: 0 })).toBe('Nog 0 tekens')
    expect(say('join.continue', { title: 'Vitale kernen' })).toBe('Verder met Vitale kernen')
  })

  it('does not fill what a value brings along', () => {
    expect(fill('Verder met {title}', { title: '{title}' })).toBe('Verder met {title}')
  })

  it('puts no full stop behind what ends by itself', () => {
    expect(fill('Nieuwe stap: {title}. Kijk.', { title: 'Wie is er?' })).toBe(
      'Nieuwe stap: Wie is er? Kijk.',
    )
    expect(fill('Nieuwe stap: {title}. Kijk.', { title: 'Vertel' })).toBe(
      'Nieuwe stap: Vertel. Kijk.',
    )
  })

  it('has a sentence for a code it never heard of', () => {
    expect(sayCode('refused', 'too_long')).toBe(nl['refused.too_long'])
    expect(sayCode('refused', 'something_new')).toBe(nl['refused.other'])
    expect(sayCode('farewell', 4999)).toBe(nl['farewell.other'])
  })
})
