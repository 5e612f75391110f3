/* The words of the first board: why we are here, what is open, and who is here. */

import { wordsOf } from '../words/say'

export const nl = {
  source: 'Bron: {source}',
  level: 'Vanavond: {level}',
  goal: 'Dit willen we bereiken: {goal}',
  fixed_none: 'Hierover zegt de begeleider zo meer.',
  words_stay: 'Je eigen woorden blijven staan, zoals jij ze schreef.',
  words_who: 'We laten je dorp of je stem zien. Allebei alleen als er velen zijn.',
  words_when: 'Vanaf {when} zie je wat ermee gebeurt.',
  village: 'Tik op je dorp',
  how: 'Tik op hoe je hier bent',
  count_me: 'Tel mij mee',
  choose_first: 'Tik eerst op je dorp of op hoe je hier bent.',
  counted: 'Je telt mee. Fijn dat je er bent!',
  another: 'Nog iemand aan dit scherm? Tik gewoon opnieuw.',
  people: { one: '1 persoon telde zich mee.', other: '{n} mensen telden zich mee.' },
  from_three: 'Een dorp krijgt een getal vanaf drie mensen.',
  here: { one: '1 persoon', other: '{n} mensen' },
  map: 'Kaart van de dorpen',
  names: 'We bewaren geen namen. We tellen alleen.',
} as const

export const en = {
  source: 'Source: {source}',
  level: 'Tonight: {level}',
  goal: 'This is what we want to reach: {goal}',
  fixed_none: 'The facilitator will say more about this.',
  words_stay: 'Your own words stay, the way you wrote them.',
  words_who: 'We show your village or your voice. Both only when there are many.',
  words_when: 'From {when} on you can see what is done with them.',
  village: 'Tap your village',
  how: 'Tap how you are here',
  count_me: 'Count me in',
  choose_first: 'First tap your village or how you are here.',
  counted: 'You are counted. Good that you are here!',
  another: 'Somebody else at this screen? Just tap again.',
  people: { one: '1 person was counted.', other: '{n} people were counted.' },
  from_three: 'A village gets a number from three people on.',
  here: { one: '1 person', other: '{n} people' },
  map: 'Map of the villages',
  names: 'We keep no names. We only count.',
} as const

export const say = wordsOf(nl, en)
