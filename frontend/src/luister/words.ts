/* The words of who listens in. */

import { wordsOf } from '../words/say'

export const nl = {
  title: 'Meeluisteren',
  tabs: 'Schermen',
  bord: 'Bord',
  lijst: 'Lijst',
  wand: 'Wand als tekst',
  reading: 'Je leest mee.',
  which: 'Welk bord?',
  now: 'Wat nu aan de beurt is',
} as const

export const en = {
  title: 'Listening in',
  tabs: 'Screens',
  bord: 'Board',
  lijst: 'List',
  wand: 'The wall as text',
  reading: 'You read along.',
  which: 'Which board?',
  now: 'What is on now',
} as const

export const say = wordsOf(nl, en)
