/* The words around the sentence *Wij doen dit zodat …*. */

import { wordsOf } from '../words/say'

export const nl = {
  who: 'Wie?',
  who_hint: 'Bijvoorbeeld: iedereen in het dorp',
  what: 'Wat kan of merkt die?',
  what_hint: 'Bijvoorbeeld: mensen kan ontmoeten',
  words: { one: '1 woord', other: '{n} woorden' },
  tip: 'Korter is beter. Probeer het in 20 woorden.',
  not_whole: 'Vul allebei de vakjes in.',
  lay_down: 'Leg neer',
  private: 'Alleen jij ziet deze zin nog.',

  support: 'Steun',
  support_count: { one: '1 keer steun', other: '{n} keer steun' },
  merge: 'Voeg samen met …',
  rework: 'Maak een nieuwe versie',
  rework_stay: 'De oude zin blijft bewaard.',
  merge_with: 'Met welke zin?',
  merge_none: 'Er is nog geen andere zin.',
  merge_title: 'Maak van twee zinnen één',
  merge_take_who: 'Neem over: {text}',
  merge_keep: 'Leg de nieuwe zin neer',
  merge_stay: 'De twee zinnen blijven bewaard.',
  merge_other: 'Kies een andere zin',
  heard_merged: 'De nieuwe zin ligt op het bord.',
  versions: 'Zo groeide deze zin',
  version: 'versie {n}',
  version_now: 'deze zin',
  choose: 'Kies deze zin voor de zaal',
  choose_not: 'Laat deze zin los',
  heard_chosen: 'Deze zin is nu de zin van de zaal.',
} as const

export const en = {
  who: 'Who?',
  who_hint: 'For example: iedereen in het dorp',
  what: 'What can they do or notice?',
  what_hint: 'For example: mensen kan ontmoeten',
  words: { one: '1 word', other: '{n} words' },
  tip: 'Shorter is better. Try it in 20 words.',
  not_whole: 'Fill in both fields.',
  lay_down: 'Lay it down',
  private: 'Only you can see this sentence yet.',

  support: 'Support',
  support_count: { one: 'supported once', other: 'supported {n} times' },
  merge: 'Join with …',
  rework: 'Make a new version',
  rework_stay: 'The old sentence is kept.',
  merge_with: 'With which sentence?',
  merge_none: 'There is no other sentence yet.',
  merge_title: 'Make one sentence of two',
  merge_take_who: 'Take over: {text}',
  merge_keep: 'Lay the new sentence down',
  merge_stay: 'The two sentences are kept.',
  merge_other: 'Choose another sentence',
  heard_merged: 'The new sentence lies on the board.',
  versions: 'How this sentence grew',
  version: 'version {n}',
  version_now: 'this sentence',
  choose: 'Choose this sentence for the hall',
  choose_not: 'Let go of this sentence',
  heard_chosen: 'This is now the sentence of the hall.',
} as const

export const say = wordsOf(nl, en)
