/* Which notes look alike, by the words they share. Pure, and only ever a suggestion: whether two
   people said the same is for people to see.

   Words that carry little (de, het, ik, niet …) do not count, and an ending more or less makes no
   other word. Two notes are alike when they share enough of the words of the shorter one. */

const LITTLE = new Set(
  (
    'aan al alle alleen als altijd ander andere bij daar dan dat de deze die dit doe doen door dus een ' +
    'eens eigen elk elke en er gaan gaat geen had heb hebben heeft hem hen het hier hij hoe hun iedereen ' +
    'iemand iets ik in is ja je jij jou jouw kan kom komen komt kun kunnen laat maar me meer men met mij ' +
    'mijn moet moeten mogen na naar niet niets nog nu of om omdat ons onze ook op over te toch toen tot ' +
    'uit van vaak vandaag veel voor waar want waren was wat we weer wel werd wie wij wil wilde willen wordt ' +
    'worden zal ze zei zelf zich zij zijn zo zonder zou zouden'
  ).split(' '),
)
const LEAST_LETTERS = 3
const SHARED = 2
const PART = 0.45

/** The words of a text that carry it, without their endings. */
export function wordsOf(text: string): Set<string> {
  const plain = text.toLocaleLowerCase('nl').normalize('NFD').replace(/\p{M}/gu, '')
  const words = plain.match(/\p{L}+/gu) ?? []
  return new Set(
    words.filter(word => word.length >= LEAST_LETTERS && !LITTLE.has(word)).map(withoutEnding),
  )
}

function withoutEnding(word: string): string {
  if (word.length > 5) {
    for (const ending of ['tjes', 'jes', 'tje', 'je', 'en', 'er', 'es', 's', 'e', 't', 'n']) {
      if (word.endsWith(ending) && word.length - ending.length >= 4) {
        return word.slice(0, -ending.length).replace(/(\p{L})\1$/u, '$1') // bussen, bus
      }
    }
  }
  return word
}

/** From 0 (nothing in common) to 1 (the shorter one lies wholly in the other). */
export function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  if (one.size === 0 || other.size === 0) return 0
  let shared = 0
  for (const word of one) if (other.has(word)) shared++
  if (shared < Math.min(SHARED, one.size, other.size)) return 0
  return shared / Math.max(SHARED, Math.min(one.size, other.size))
}

export interface Text {
  id: string
  text: string
}

/** The notes that look most like this one, the likest first. */
export function twinsOf(note: Text, others: Iterable<Text>, most = 3): Text[] {
  const words = wordsOf(note.text)
  const found: { other: Text; like: number }[] = []
  for (const other of others) {
    if (other.id === note.id) continue
    const like = likeness(words, wordsOf(other.text))
    if (like >= PART) found.push({ other, like })
  }
  return found
    .sort((a, b) => b.like - a.like || (a.other.id < b.other.id ? -1 : 1))
    .slice(0, most)
    .map(({ other }) => other)
}
