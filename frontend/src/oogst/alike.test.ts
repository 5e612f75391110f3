import { describe, expect, it } from 'vitest'
import { likeness, twinsOf, wordsOf } from './alike'

const of = (...texts: string[]) => texts.map((text, i) => ({ id: `n${i}`, text }))

describe('notes that look alike', () => {
  it('compares what carries a sentence, not its little words or endings', () => {
    expect([...wordsOf('De bussen komen hier niet meer in de avond.')]).toEqual(['bus', 'avond'])
    expect(likeness(wordsOf('Ik heb het niet'), wordsOf('Ik heb het niet'))).toBe(0)
    expect(wordsOf('café')).toEqual(wordsOf('Cafe'))
  })

  it('finds the same thing said twice', () => {
    const [note, ...others] = of(
      'De zaal staat doordeweeks vaak leeg.',
      'Doordeweeks staat onze zaal leeg, zonde!',
      'Mijn kinderen moeten langs de grote weg.',
    )
    expect(twinsOf(note!, others).map(({ id }) => id)).toEqual(['n1'])
  })

  it('says nothing where one word happens to be the same', () => {
    const [note, ...others] = of(
      'Op zondag is alles dicht. Dan is het huis heel stil.',
      'Ik wil een kleiner huis in mijn eigen dorp.',
    )
    expect(twinsOf(note!, others)).toEqual([])
  })

  it('puts the likest first, three at most, and never the note itself', () => {
    const [note, ...others] = of(
      'bankje Maas zon',
      'bankje Maas zon',
      'bankje Maas regen',
      'bankje Maas wind',
      'bankje Maas mist',
    )
    const found = twinsOf(note!, [note!, ...others]).map(({ id }) => id)
    expect(found[0]).toBe('n1')
    expect(found).toHaveLength(3)
  })

  it('is the same both ways', () => {
    const one = wordsOf('Na zes uur kom ik zonder auto het dorp niet meer uit.')
    const other = wordsOf('Zonder auto kom je het dorp niet uit.')
    expect(likeness(one, other)).toBe(likeness(other, one))
  })
})
