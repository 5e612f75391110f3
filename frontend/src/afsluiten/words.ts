/* The words of the end of the evening on the screen of a participant. */

import { wordsOf } from '../words/say'

export const nl = {
  'closing.title': 'We ronden af',
  'closing.text': 'Maak rustig je zin af.',
  'closing.sending': {
    one: 'Nog {n} briefje is onderweg.',
    other: 'Nog {n} briefjes zijn onderweg.',
  },
  'closing.sent': 'Alles is verstuurd.',
  'closed.title': 'Dank je wel. De avond is voorbij.',
  'closed.sent': 'Alles is verstuurd.',
  'closed.code': 'Jullie code',
  'closed.see': 'Kijk vanaf {date} wat er met jullie woorden gebeurt.',
  'closed.see_later': 'Straks kun je lezen wat er met jullie woorden gebeurt.',
  'closed.keep': 'Schrijf de code op. Je naam hoort er niet bij.',
  'closed.erased': 'Dit scherm is leeg. Er blijft hier niets van je staan.',
  'closed.left': 'Dit is niet meer geplaatst.',
  'closed.left_more': 'Schrijf het over, of geef het aan de begeleider. Daarna halen we het weg.',
  'closed.left_seen': 'Ik heb het gezien, haal het weg',
  'closed.waiting': 'We wachten op verbinding. Laat dit scherm nog even open.',
  'closed.heard': 'Lees wat we hebben gehoord',
} as const

export const en = {
  'closing.title': 'We are closing',
  'closing.text': 'Finish your sentence calmly.',
  'closing.sending': {
    one: '{n} note is still on its way.',
    other: '{n} notes are still on their way.',
  },
  'closing.sent': 'Everything is sent.',
  'closed.title': 'Thank you. The evening is over.',
  'closed.sent': 'Everything is sent.',
  'closed.code': 'Your code',
  'closed.see': 'See from {date} what happens with your words.',
  'closed.see_later': 'Later you can read what happens with your words.',
  'closed.keep': 'Write the code down. It does not hold your name.',
  'closed.erased': 'This screen is empty. Nothing of you stays here.',
  'closed.left': 'This was not placed any more.',
  'closed.left_more': 'Copy it, or give it to the facilitator. After that we take it away.',
  'closed.left_seen': 'I have seen it, take it away',
  'closed.waiting': 'We are waiting for a connection. Leave this screen open for a while.',
  'closed.heard': 'Read what we heard',
}

export const say = wordsOf(nl, en)
