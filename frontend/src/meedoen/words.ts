/* The words of the doors that open with a link, and of coming in with a stoelcode. */

import { wordsOf } from '../words/say'

export const nl = {
  'wand.title': 'Wand',
  'wand.link_needed': 'Open de wand met de link van de begeleider.',
  'regie.title': 'Regie',
  'regie.link_needed': 'Open de regie met jouw eigen link.',
  'oogst.title': 'Oogsttafel',
  'oogst.link_needed': 'Open de oogsttafel met de link van de begeleider.',
  'tafel.title': 'Tafel',
  'tafel.link_needed': 'Open je tafel met de link van de begeleider.',
  'luister.title': 'Meeluisteren',
  'luister.link_needed': 'Luister mee met de link van de begeleider.',
  'move.title': 'Verder op dit scherm',
  'move.lead': 'Je stoelcode staat op het andere scherm, bij Mijn plek.',
  'move.join_code': 'Code van de zaal',
  'move.stoelcode': 'Stoelcode',
  'move.short': 'Een stoelcode heeft vier cijfers. Kijk nog eens op het andere scherm.',
  'move.go': 'Neem mijn plek mee',
} as const

export const en = {
  'wand.title': 'Wall',
  'wand.link_needed': 'Open the wall with the link of the facilitator.',
  'regie.title': 'Direction',
  'regie.link_needed': 'Open the direction screen with your own link.',
  'oogst.title': 'Harvest table',
  'oogst.link_needed': 'Open the harvest table with the link of the facilitator.',
  'tafel.title': 'Table',
  'tafel.link_needed': 'Open your table with the link of the facilitator.',
  'luister.title': 'Listening in',
  'luister.link_needed': 'Listen in with the link of the facilitator.',
  'move.title': 'Go on at this screen',
  'move.lead': 'Your seat code is on the other screen, at My place.',
  'move.join_code': 'Code of the hall',
  'move.stoelcode': 'Seat code',
  'move.short': 'A seat code has four digits. Look at the other screen again.',
  'move.go': 'Bring my place here',
}

export const say = wordsOf(nl, en)
