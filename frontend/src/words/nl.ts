/* The Dutch words that somebody needs to come in and write. What the other screens say besides comes
   with them: `nl_later.ts`, and `words.ts` of each room.

   Plain language, B1: at most fifteen words a sentence, one thing at a time, *je*, no word a
   neighbour would not use. A refusal, farewell or problem is one sentence that says what is the
   matter, and one that says what to do next. `words.test.ts` holds all of that. To add a
   sentence: a line here, the same line in en.ts. */

import type { nlLater } from './nl_later'

export type Sentence = string | { readonly one: string; readonly other: string }

export const nl = {
  // --- everywhere ---
  'common.name': 'Opgavebord',
  'common.close': 'Sluit',
  'common.not_after_all': 'Toch niet',
  'common.loading': 'Even geduld …',
  'common.to_start': 'Naar het begin',
  'common.reload': 'Laad opnieuw',
  'common.broken': 'Er ging iets mis op dit scherm.',
  'common.broken_next': 'Laad de bladzijde opnieuw. Wat je schreef, blijft bewaard.',
  'common.no_page': 'Deze bladzijde bestaat niet.',

  // --- meedoen ---
  'join.title': 'Welkom',
  'join.lead': 'Typ de code die op het grote scherm staat.',
  'join.code': 'Code',
  'join.hint': 'Zes letters en cijfers.',
  'join.go': 'Meedoen',
  'join.busy': 'Even kijken …',
  'join.continue': 'Verder met {title}',
  'join.continue_lead': 'Je was hier al.',
  'join.other_code': 'Of typ een andere code.',
  'join.have_stoelcode': 'Ik heb een stoelcode',
  'join.privacy': 'Je naam is niet nodig. Een account ook niet.',
  'join.privacy_more': 'We bewaren wat je opschrijft. Schrijf dus geen namen van anderen op.',
  'join.empty': 'Vul eerst de code in. Hij staat op het grote scherm.',
  'join.short': 'De code heeft zes tekens. Kijk nog eens op het grote scherm.',

  // --- where the server says no at the door ---
  'problem.wrong_code': 'Deze code klopt niet. Kijk nog eens op het grote scherm.',
  'problem.doors_closed': 'De deuren zijn dicht. Vraag de begeleider om ze open te doen.',
  'problem.full': 'Het is vol. Kijk mee op een scherm aan je tafel.',
  'problem.too_many_tries':
    'Er is te vaak geprobeerd. Wacht een minuut en probeer het dan nog eens.',
  'problem.wrong_stoelcode': 'Deze stoelcode klopt niet. Vraag op het andere scherm een nieuwe.',
  'problem.wrong_link': 'Deze link werkt niet meer. Vraag de begeleider om een nieuwe.',
  'problem.offline': 'Er is geen verbinding. Kijk of de wifi aan staat en probeer het nog eens.',
  'problem.other': 'Het lukt nu even niet. Probeer het over een minuut nog eens.',

  // --- why a wish was refused ---
  'refused.too_long': 'De tekst is te lang. Maak hem korter of maak er twee briefjes van.',
  'refused.empty': 'Er staat nog niets. Schrijf eerst iets op.',
  'refused.other': 'Dat lukte niet. Probeer het nog eens.',

  // --- why the connection stopped ---
  'farewell.4003': 'Dit scherm doet niet meer mee. Typ de code om weer mee te doen.',
  'farewell.4006': 'Er is een nieuwe versie. Laad de bladzijde opnieuw; je tekst blijft.',
  'farewell.other': 'De verbinding is gestopt. Laad de bladzijde opnieuw; je tekst blijft.',

  // --- the marks of a note ---
  'mark.apparaat': 'op dit apparaat bewaard',
  'mark.onderweg': 'onderweg',
  'mark.bewaard': 'bewaard',
  'mark.vluchtig': 'nog niet bewaard',

  // --- a note ---
  'note.count': { one: '1 briefje', other: '{n} briefjes' },

  // --- moving between the three views ---
  'tab.label': 'Schermen',
  'tab.schrijf': 'Schrijf',
  'tab.bord': 'Bord',
  'tab.lijst': 'Lijst',
  'tab.plek': 'Mijn plek',
  'tab.main': 'Ga naar de inhoud',
  'undo.back': 'Terug',
  'undo.again': 'Opnieuw',

  // --- connection ---
  'link.gone': 'Even geen verbinding. Niets gaat verloren. Je kunt gewoon doorschrijven.',
  'link.back': 'Weer verbonden. Alles is bewaard.',
  'link.back_sending': 'Weer verbonden. Je briefjes gaan nu op weg.',
  'link.trouble':
    'Bewaren lukt nu even niet. Je briefjes blijven op dit apparaat. We proberen het steeds.',
  'link.cannot_keep':
    'Dit scherm kan niets onthouden. Laat de bladzijde open tot alles bewaard is.',
  'link.opening': 'We maken verbinding …',

  // --- schrijf ---
  'schrijf.label': 'Schrijf één ding op',
  'schrijf.left': { one: 'Nog 1 teken', other: 'Nog {n} tekens' },
  'schrijf.over': { one: '1 teken te veel', other: '{n} tekens te veel' },
  'schrijf.ready': 'Klaar',
  'schrijf.zone': 'Waar hoort het bij?',
  'schrijf.zone_change': 'Ander vak',
  'schrijf.stem': 'Wie zegt dit?',
  'schrijf.stem_skip': 'Sla over',
  'schrijf.mine': 'Mijn briefjes',
  'schrijf.mine_none': 'Wat je schrijft, komt hier te staan.',
  'schrijf.private': 'Alleen jij ziet dit nog.',
  'schrijf.private_more': 'De begeleider laat straks alle briefjes tegelijk zien.',
  'schrijf.closed': 'Schrijven kan nu even niet.',
  'schrijf.closed_text': 'Wat je typte, blijft staan. Straks kun je verder.',
  'schrijf.kept': 'Je briefje ligt hieronder.',
  'schrijf.empty': 'Er staat nog niets. Schrijf eerst iets op.',
  'schrijf.no_zone': 'Kies eerst waar het bij hoort.',
  'schrijf.not_yet': 'We halen de vraag op …',
  'schrijf.wait': 'De avond begint zo.',
  'schrijf.step': 'Stap {n} van {all}',

  // --- why nobody writes here now ---
  'why.frozen': 'De begeleider vertelt even iets.',
  'why.closed': 'De avond is afgesloten.',
  'why.scribe': 'De schrijver van je tafel typt nu.',
  'why.facilitator': 'De begeleider vult dit in.',
  'why.nobody': 'Hier wordt nu niets opgeschreven.',
  'why.on_board': 'Nu kies je op het bord.',
  'why.to_board': 'Naar het bord',
  'frozen.title': 'Even luisteren',
  'frozen.text': 'De begeleider vertelt iets. Wat je typte, blijft staan.',
  'frozen.over': 'Je kunt weer verder.',

  // --- time ---
  'time.left': 'Nog {time}',
  'time.minutes': { one: 'Nog 1 minuut', other: 'Nog {n} minuten' },
  'time.up': 'De tijd is om. Maak rustig je zin af.',
  'time.up_short': 'De tijd is om',
  'time.hide': 'Verberg de tijd',
  'time.show': 'Toon de tijd',

  // --- said aloud ---
  'heard.step': 'Nieuwe stap: {title}. {instruction}',
  'heard.new_notes': { one: '1 nieuw briefje.', other: '{n} nieuwe briefjes.' },
  'heard.revealed': 'De briefjes zijn nu voor iedereen te zien.',
} as const satisfies Record<string, Sentence>

/** These, and the words that come later: `nl_later.ts`. */
export type Dutch = typeof nl & typeof nlLater
export type Key = keyof Dutch
export type Catalogue = {
  readonly [K in Key]: Dutch[K] extends string ? string : { one: string; other: string }
}
