import { expect, it } from 'vitest'
import type { Redaction } from '../sync/protocol'
import { quoted, required } from './quoted'

const redaction = (text: string, at: number, more: Partial<Redaction> = {}): Redaction => ({
  kind: 'redaction',
  id: `r${at}`,
  note: 'n',
  text,
  role: 'begeleider',
  reason: 'naam',
  required: true,
  at,
  gone: false,
  ...more,
})

it('quotes what was literally said', () => {
  const note = { id: 'n', text: 'De bus komt niet.', literal: 'De bus komt nooit.' }
  expect(quoted(note, new Map())).toBe('De bus komt nooit.')
  expect(quoted({ ...note, literal: null }, new Map())).toBe('De bus komt niet.')
})

it('says it in other words only where that is required', () => {
  const note = { id: 'n', text: 'Jan is ziek.', literal: null }
  const wish = required([redaction('Iemand is ziek.', 1, { required: false })])
  expect(quoted(note, wish)).toBe('Jan is ziek.')
  const must = required([redaction('Een buurman.', 2), redaction('Iemand.', 3)])
  expect(quoted(note, must)).toBe('Iemand.')
  expect(quoted(note, required([redaction('Weg.', 4, { gone: true })]))).toBe('Jan is ziek.')
})
