/* Every word on the screen comes from a catalogue: nl.ts, and en.ts with the same keys.

   `say('schrijf.left', { n: 80 })` fills the slots in braces. A sentence with a count has two
   shapes, told apart by `n`. The language is the one of <html lang>; English is fetched only
   where it is asked for. A page speaks one language for as long as it lives. */

import { type Catalogue, type Dutch, type Key, nl, type Sentence } from './nl'

export type { Sentence } from './nl'

type Slots<S> = S extends `${string}{${infer Slot}}${infer Rest}` ? Slot | Slots<Rest> : never
type Shape<S> = S extends { one: infer One; other: infer Other } ? One | Other : S
type Values<S> =
  Slots<Shape<S>> extends never ? [] : [values: Record<Slots<Shape<S>>, string | number>]
type Shapes<C> = { readonly [K in keyof C]: C[K] extends string ? string : Sentence }

let spoken = nl as Partial<Catalogue> as Catalogue
let english = false

/** The words of a room that is fetched when it is needed: they come along with the room, in both
 * languages. `words.test.ts` reads every `<room>/words.ts`, which exports `nl`, `en` and `say`. */
export function wordsOf<const C extends Record<string, Sentence>>(nl: C, en: Shapes<C>) {
  return <K extends keyof C>(key: K, ...values: Values<C[K]>): string =>
    fill(english ? (en[key] as Sentence) : (nl[key] as Sentence), values[0])
}

export function say<K extends Key>(key: K, ...values: Values<Dutch[K]>): string {
  return fill(spoken[key], values[0])
}

/** The sentence for a code the server gave, or a general one where this page does not know it. */
export function sayCode(group: 'refused' | 'problem' | 'farewell', code: string | number): string {
  const key = `${group}.${code}` as Key
  return fill(spoken[key] ?? spoken[`${group}.other`], undefined)
}

export function fill(
  sentence: Sentence,
  values: Record<string, string | number> | undefined,
): string {
  const text =
    typeof sentence === 'string' ? sentence : values?.n === 1 ? sentence.one : sentence.other
  if (values === undefined) return text
  return text.replace(/\{(\w+)\}(\.?)/g, (slot, name: string, stop: string) => {
    if (!(name in values)) return slot
    const said = String(values[name])
    return /[?!…]$/.test(said) ? said : said + stop // "Wie is er?" ends a sentence by itself
  })
}

/** The words of a screen that came later. English is whole from the start. */
export function learn(words: Partial<Catalogue>): void {
  if (!english) spoken = { ...spoken, ...words }
}

/** Choose the language of this page, once, before anything is drawn. */
export async function speak(language: string): Promise<void> {
  english = language.toLowerCase().startsWith('en')
  if (english) spoken = (await import('./en')).en
}
