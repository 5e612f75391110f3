import { expect, it } from 'vitest'
import { PLAIN } from '../sync/hall/server'
import { type Live, NoteView } from '../sync/live.svelte'
import type { Note, Right, Role, Zone } from '../sync/protocol'
import { closed, mayMark, mayObject, mayTap, mayVote, mayWith, mayWriteIn } from './may'

interface Scene {
  role?: Role
  may?: Right[]
  frozen?: boolean
  phase?: 'open' | 'closing' | 'closed'
  table?: string | null
  write?: Zone['write']
}
function scene({ role = 'deelnemer', may = [], frozen = false, ...more }: Scene): Live {
  return {
    role,
    step: { may, write: 'iedereen' },
    evening: { frozen, phase: more.phase ?? 'open' },
    place: { table: more.table ?? null, stand: 'schrijven' },
    shelf: () => new Map([['z', { id: 'z', write: more.write ?? 'iedereen', tap: false }]]),
  } as unknown as Live
}
function note(more: Partial<Note>, mine = false): NoteView {
  const view = new NoteView({ ...PLAIN, text: 'Iets.', ...more })
  view.mine = mine
  return view
}
const ALL: Right[] = ['schrijven', 'wijzigen', 'verplaatsen', 'groeperen', 'stemmen']

it('a note that can not be read can not be touched, at the own table it can', () => {
  const live = scene({ may: ALL, table: 't' })
  const theirs = note({ hidden: true, text: '', author: null })
  expect([closed(theirs), mayWith(live, theirs).move]).toEqual([true, false])
  const ours = note({ hidden: true, at_table: true, table: 't' })
  expect([closed(ours), mayWith(live, ours).move]).toEqual([false, true])
})

it('a tafelbegeleider works at the own table alone, whatever the step says', () => {
  const live = scene({ role: 'tafelbegeleider', table: 't' })
  expect(mayWith(live, note({ table: 't' }))).toEqual({ text: true, move: true, group: true })
  expect(mayWith(live, note({ table: 'u' })).move).toBe(false)
  expect(mayWith(live, note({ table: null }, true)).text).toBe(true)
})

it('nobody changes the words of a sentence or an objection of somebody else', () => {
  const live = scene({ may: ALL })
  for (const type of ['bedoeling', 'bezwaar', 'voorwaarde']) {
    expect(mayWith(live, note({ type })).text).toBe(false)
    expect(mayWith(live, note({ type }, true)).text).toBe(true)
    expect(mayWith(live, note({ type })).move).toBe(true)
  }
})

it('an objection and a mark are for every step, dots for one that is for it', () => {
  const quiet = scene({ may: [] })
  expect([mayObject(quiet), mayMark(quiet), mayTap(quiet), mayVote(quiet)]).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect(mayVote(scene({ may: ['stemmen'] }))).toBe(true)
  expect(mayVote(scene({ role: 'begeleider' }))).toBe(false)
})

it('nothing at all while everybody listens, after the end, or for who listens in', () => {
  const lots = { may: ALL, table: 't' }
  for (const live of [
    scene({ ...lots, frozen: true }),
    scene({ ...lots, phase: 'closed' }),
    scene({ ...lots, role: 'luisteraar' }),
    scene({ ...lots, role: 'tafelbegeleider', frozen: true }),
  ]) {
    expect(mayWith(live, note({ table: 't' }, true))).toEqual({
      text: false,
      move: false,
      group: false,
    })
    expect([mayObject(live), mayMark(live), mayTap(live), mayVote(live)]).toEqual([
      false,
      false,
      false,
      false,
    ])
    expect(mayWriteIn(live, 'z')).toBe(false)
  }
})

it('who writes in a zone is for the zone to say', () => {
  expect(mayWriteIn(scene({ may: ALL }), 'z')).toBe(true)
  expect(mayWriteIn(scene({ may: [] }), 'z')).toBe(false)
  expect(mayWriteIn(scene({ may: ALL }), 'elsewhere')).toBe(false)
  expect(mayWriteIn(scene({ may: ALL, write: 'begeleider' }), 'z')).toBe(false)
  expect(mayWriteIn(scene({ role: 'tafelbegeleider', write: 'begeleider' }), 'z')).toBe(true)
  expect(mayWriteIn(scene({ role: 'begeleider', write: 'niemand' }), 'z')).toBe(false)
})
