/* The words of the bar at the bottom: help, and being ready. */

import { wordsOf } from '../words/say'

export const nl = {
  bar: 'Hulp en klaar',
  place: 'Mijn plek',
  table: 'tafel {number}',
  help: 'Hulp nodig',
  coming: 'Er komt iemand naar jullie toe.',
  no_more: 'Niet meer nodig',
  done: 'Ik ben klaar',
  not_done: 'Toch nog niet klaar',
  count: { one: '{n} van {all} klaar', other: '{n} van {all} klaar' },
  heard_done: 'We weten dat je klaar bent.',
  heard_not_done: 'Neem rustig je tijd.',
  heard_helped: 'De hulp is geweest.',
} as const

export const en = {
  bar: 'Help and ready',
  place: 'My place',
  table: 'table {number}',
  help: 'Need help',
  coming: 'Somebody is coming to you.',
  no_more: 'No longer needed',
  done: 'I am ready',
  not_done: 'Not ready after all',
  count: { one: '{n} of {all} ready', other: '{n} of {all} ready' },
  heard_done: 'We know that you are ready.',
  heard_not_done: 'Take your time.',
  heard_helped: 'Help has been there.',
}

export const say = wordsOf(nl, en)
