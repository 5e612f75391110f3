/* Every word on the screen comes from a catalogue: nl.ts, and en.ts with the same keys.

   `say('schrijf.left', { n: 80 })` fills the slots in braces. A sentence with a count has two
   shapes, told apart by `n`. The language is the one of <html lang>; English is fetched only
   where it is asked for. A page speaks one language for as long as it lives. */

import { type Catalogue, type Key, nl, type Sentence } from './nl'

type Slots<S> = S extends `${string}{${infer Slot}}${infer Rest}` ? Slot | Slots<Rest> : never
type Shape<S> = S extends { one: infer One; other: infer Other } ? One | Other : S
type Values<K extends Key> =
  Slots<Shape<(typeof nl)[K]>> extends never
    ? []
    : [values: Record<Slots<Shape<(typeof nl)[K]>>, string | number>]

let spoken: Catalogue = nl

export function say<K extends Key>(key: K, ...values: Values<K>): string {
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
  return text.replace(/\{(\w+)\}/g, (slot, name: string) => String(values[name] ?? slot))
}

/** Choose the language of this page, once, before anything is drawn. */
export async function speak(language: string): Promise<void> {
  if (language.toLowerCase().startsWith('en')) spoken = (await import('./en')).en
}
