/* The words of what comes to the writing screen when it is needed: questions and hints. */

import { wordsOf } from '../words/say'

export const nl = {
  'field.may_skip': 'Overslaan mag.',
  'hint.solution': 'Dat klinkt als een oplossing. Wat maakte je mee waardoor je dit vindt?',
  'hint.person': 'Kan iemand hierin herkend worden? Maak het iets algemener.',
  'hint.phone': 'Staat hier een telefoonnummer? Haal het liever weg.',
  'hint.mail': 'Staat hier een e-mailadres? Haal het liever weg.',
  'hint.address': 'Staat hier een adres? Noem liever alleen het dorp.',
  'hint.health': 'Gaat dit over de gezondheid van iemand? Maak het iets algemener.',
  'hint.found': 'Het gaat om: {words}.',
  'hint.leave': 'Laat zo staan',
} as const

export const en = {
  'field.may_skip': 'You may skip this.',
  'hint.solution': 'That sounds like a solution. What happened that makes you think so?',
  'hint.person': 'Could somebody be recognised in this? Make it a little more general.',
  'hint.phone': 'Is there a phone number here? Better take it out.',
  'hint.mail': 'Is there an e-mail address here? Better take it out.',
  'hint.address': 'Is there an address here? Better name only the village.',
  'hint.health': 'Is this about somebody’s health? Make it a little more general.',
  'hint.found': 'It is about: {words}.',
  'hint.leave': 'Leave it like this',
}

export const say = wordsOf(nl, en)
