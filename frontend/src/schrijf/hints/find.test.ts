import { describe, expect, it } from 'vitest'
import { type Asked, find } from './find'

const asked = (text: string): Asked[] => find(text, ['oplossing', 'privacy']).map(one => one.asked)

describe('what sounds like a solution', () => {
  it.each([
    'We moeten meer bussen hebben.',
    'De gemeente moet de stoep maken.',
    'de gemeente  moet iets doen',
    'Zondag is het stil. Er zou een winkel moeten komen.',
    'Laten we een bankje neerzetten',
  ])('%s', text => {
    expect(asked(text)).toEqual(['solution'])
  })

  it.each([
    'Na zes uur kom ik het dorp niet meer uit.',
    'Gisteren moest ik een uur wachten.',
    'Ik vind dat we moeten wachten tot het licht is.', // not how a sentence begins
    'Er moest iemand helpen.',
    '',
  ])('not: %s', text => {
    expect(asked(text)).toEqual([])
  })

  it('is asked only on boards that ask it', () => {
    expect(find('We moeten iets doen.', ['privacy'])).toEqual([])
    expect(find('Bel Henk.', ['oplossing'])).toEqual([])
  })
})

describe('what somebody could be recognised by', () => {
  it.each<[string, Asked, string[]]>([
    ['Mevrouw Peeters helpt altijd.', 'person', ['Mevrouw Peeters']],
    ['Ik ga met meneer van den Berg mee.', 'person', ['meneer van den Berg']],
    ['Toen zei Wim dat het niet kon.', 'person', ['Wim']],
    ['Bel 077 123 45 67 maar.', 'phone', ['077 123 45 67']],
    ['Bel 0612345678', 'phone', ['0612345678']],
    ['Mail naar an.ja@dorp.nl', 'mail', ['an.ja@dorp.nl']],
    ['Op de Kerkstraat 12 brandt licht.', 'address', ['Kerkstraat 12']],
    ['Wij wonen op 5961 AB.', 'address', ['5961 AB']],
    ['Mijn man heeft dementie.', 'health', ['dementie']],
    ['Zij is depressief geworden.', 'health', ['depressief']],
  ])('%s', (text, what, words) => {
    expect(find(text, ['privacy'])).toEqual([{ asked: what, words }])
  })

  it.each([
    'Om 18.30 uur rijdt bus 88 voor het laatst.',
    'In 2019 sloot de winkel in Lottum.',
    'Mijn oma ging altijd op zondag.',
    'De dokter zit nu in Horst.',
    'Er komen 1500 mensen op de Rozenfeesten.',
    'Markt op het plein.',
    'Ik fiets 12 km over de Maas.',
  ])('nothing in: %s', text => {
    expect(find(text, ['privacy'])).toEqual([])
  })

  it('names each thing once', () => {
    expect(find('Wim en Truus, en Wim weer.', ['privacy'])).toEqual([
      { asked: 'person', words: ['Wim', 'Truus'] },
    ])
  })
})
