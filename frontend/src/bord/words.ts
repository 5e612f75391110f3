/* What only the boards say: the circles, the time line, and what goes with a note. */

import { wordsOf } from '../words/say'

export const nl = {
  // --- beside a note ---
  table: 'tafel {n}',
  since: 'sinds {year}',
  chosen: 'Gekozen door de zaal',
  objection: 'bezwaar',
  condition: 'voorwaarde',
  objections: { one: '1 bezwaar', other: '{n} bezwaren' },
  support: { one: '1 keer steun', other: '{n} keer steun' },
  from_organisation: 'vanuit organisaties',
  from_paper: 'van papier',
  redacted: 'aangepast',
  only_table: 'Alleen jullie tafel ziet dit nog.',

  quote: 'Citaat van deze tafel',
  quote_of: 'citaat van tafel {n}',
  heard_quote: 'Dit is nu het citaat van jullie tafel.',

  // --- recognising a prepared card ---
  recognise: 'Herken je dit?',
  herken_ik: 'Herken ik',
  herken_niet: 'Herken ik niet',
  heard_herken_ik: 'Je herkent dit.',
  heard_herken_niet: 'Je herkent dit niet.',
  heard_steun: 'Je steunt deze zin.',
  unmarked: 'Dat is teruggenomen.',

  // --- the menu of a note ---
  field_keep: 'Bewaar',
  kern: 'Uit welk dorp komt dit?',
  redacted_by: 'Aangepast door {role}: {reason}',
  redacted_plain: 'Aangepast door {role}.',
  redacted_text: 'Voorgesteld: {text}',
  redacted_required: 'De eigen woorden laten we hier niet zien.',
  literal_show: 'Toon de eigen woorden',
  'role.begeleider': 'de begeleider',
  'role.bureau': 'het bureau',
  'role.oogst': 'het oogstteam',
  'role.other': 'iemand anders',

  // --- objections ---
  see_otherwise: 'Ik zie het anders',
  otherwise_title: 'Wat zie jij anders?',
  otherwise_text: 'Zeg het in je eigen woorden',
  otherwise_need: 'Wat heb je nodig om mee te kunnen gaan?',
  otherwise_why: 'Dit blijft er altijd bij staan.',
  otherwise_keep: 'Zet het erbij',
  otherwise_empty: 'Schrijf eerst op wat je anders ziet.',
  heard_objection: 'Jouw bezwaar staat erbij.',
  needed: 'Nodig: {text}',
  about: 'Bij: {text}',

  // --- the sentence ---
  sentence_make: 'Maak een zin',
  sentence_title: 'Maak de zin af',
  heard_sentence: 'Jouw zin ligt op het bord.',

  // --- the circles ---
  circles_how: 'Drie cirkels, van binnen naar buiten.',

  // --- the time line ---
  no_year: 'Zonder jaar',
  time_how: 'Een tijdlijn: van vroeger naar wat eraan komt.',
} as const

export const en = {
  table: 'table {n}',
  since: 'since {year}',
  chosen: 'Chosen by the hall',
  objection: 'objection',
  condition: 'condition',
  objections: { one: '1 objection', other: '{n} objections' },
  support: { one: 'supported once', other: 'supported {n} times' },
  from_organisation: 'from organisations',
  from_paper: 'from paper',
  redacted: 'adapted',
  only_table: 'Only your table can see this yet.',

  quote: 'Quote of this table',
  quote_of: 'quote of table {n}',
  heard_quote: 'This is now the quote of your table.',

  recognise: 'Do you recognise this?',
  herken_ik: 'I recognise it',
  herken_niet: 'I do not',
  heard_herken_ik: 'You recognise this.',
  heard_herken_niet: 'You do not recognise this.',
  heard_steun: 'You support this sentence.',
  unmarked: 'That is taken back.',

  field_keep: 'Keep',
  kern: 'Which village is this from?',
  redacted_by: 'Adapted by {role}: {reason}',
  redacted_plain: 'Adapted by {role}.',
  redacted_text: 'Proposed: {text}',
  redacted_required: 'We do not show the words themselves here.',
  literal_show: 'Show the words themselves',
  'role.begeleider': 'the facilitator',
  'role.bureau': 'the desk',
  'role.oogst': 'the harvest team',
  'role.other': 'somebody else',

  see_otherwise: 'I see it differently',
  otherwise_title: 'What do you see differently?',
  otherwise_text: 'Say it in your own words',
  otherwise_need: 'What do you need to be able to go along?',
  otherwise_why: 'This stays with it for ever.',
  otherwise_keep: 'Put it there',
  otherwise_empty: 'First write what you see differently.',
  heard_objection: 'Your objection stands there.',
  needed: 'Needed: {text}',
  about: 'With: {text}',

  sentence_make: 'Make a sentence',
  sentence_title: 'Finish the sentence',
  heard_sentence: 'Your sentence lies on the board.',

  circles_how: 'Three circles, from the inside out.',

  no_year: 'Without a year',
  time_how: 'A time line: from the past to what is coming.',
} as const

export const say = wordsOf(nl, en)
