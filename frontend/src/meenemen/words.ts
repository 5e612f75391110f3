/* The words of *Meenemen*: what people take home of an evening. */

import { wordsOf } from '../words/say'

export const nl = {
  title: 'Meenemen',
  lead: 'Kies wat je nodig hebt. Het bestand komt op dit apparaat.',
  report: 'Verslag',
  report_what: 'De groepen met hun citaten, de zin, de stemmen en de beloften.',
  boards: 'Borden',
  boards_what: 'Elk bord zoals het op de wand hing.',
  facts: 'Gegevens',
  facts_what: 'Elk briefje op een eigen regel.',
  all: 'Alles',
  all_what: 'Om te bewaren, of om later verder te gaan.',
  all_care: 'Hierin staan ook woorden die niemand mag citeren. Bewaar dit bestand goed.',
  docx: 'Word',
  pdf: 'PDF',
  odt: 'OpenDocument',
  boards_pdf: 'PDF op A3',
  boards_png: 'Plaatjes',
  xlsx: 'Excel',
  csv: 'CSV',
  json: 'Compleet bestand',
  making: 'We maken {what} …',
  made: '{name} is klaar. Kijk bij je downloads.',
  failed: 'Dit lukte niet. {why}',
} as const

export const en = {
  title: 'Take home',
  lead: 'Choose what you need. The file comes to this device.',
  report: 'Report',
  report_what: 'The groups with their quotes, the sentence, the votes and the promises.',
  boards: 'Boards',
  boards_what: 'Each board as it hung on the wall.',
  facts: 'Data',
  facts_what: 'Each note on a line of its own.',
  all: 'Everything',
  all_what: 'To keep, or to go on later.',
  all_care: 'It also holds words that nobody may quote. Keep this file safe.',
  docx: 'Word',
  pdf: 'PDF',
  odt: 'OpenDocument',
  boards_pdf: 'PDF on A3',
  boards_png: 'Pictures',
  xlsx: 'Excel',
  csv: 'CSV',
  json: 'Complete file',
  making: 'Making {what} …',
  made: '{name} is ready. Look among your downloads.',
  failed: 'This did not work. {why}',
} as const

export const say = wordsOf(nl, en)
