// The mirror does what the original does: the cases that the Python side wrote down in
// tests/vectors (see scripts/make_vectors.py) hold here as well.

import { expect, test } from 'vitest'
import type { AnyCommand, AnyRecord, Change, Edit } from '../sync/protocol'
import { apply } from './change'
import { ranksBefore } from './placement'
import { predict } from './predict'
import { type Seat, Sprint } from './sprint'
import * as text from './text'

// Read, not imported: a million characters of cases are no business of the type checker.
const { readFileSync } = (await import(/* @vite-ignore */ `node:${'fs'}`)) as {
  readFileSync(path: string, encoding: 'utf8'): string
}
const here: string = import.meta.url
const [changes, placements, predictions, texts] = ['change', 'placement', 'predict', 'text'].map(
  name => readFileSync(new URL(`../../../tests/vectors/${name}.json`, here).pathname, 'utf8'),
) as [string, string, string, string]

function founded(records: AnyRecord[]): Sprint {
  const sprint = new Sprint()
  for (const record of records) sprint.put(record)
  return sprint
}

function records(sprint: Sprint): AnyRecord[] {
  const at = (record: AnyRecord) => `${record.kind} ${record.id}`
  return [...sprint].sort((a, b) => (at(a) < at(b) ? -1 : 1))
}

test('text edits', () => {
  interface Case {
    text: string
    a: Edit
    b: Edit
    c: Edit
    after_a: string
    after_b: string
    a_left: Edit
    b_right: Edit
    both: string
    a_then_c: Edit
    a_inverse: Edit
    loose: Edit
    normal: Edit
  }
  const cases: Case[] = JSON.parse(texts)
  expect(cases.length).toBeGreaterThan(100)
  for (const one of cases) {
    expect(text.apply(one.text, one.a)).toBe(one.after_a)
    expect(text.apply(one.text, one.b)).toBe(one.after_b)
    expect(text.transform(one.a, one.b, 'left')).toEqual(one.a_left)
    expect(text.transform(one.b, one.a, 'right')).toEqual(one.b_right)
    expect(text.apply(one.after_a, one.b_right)).toBe(one.both)
    expect(text.apply(one.after_b, one.a_left)).toBe(one.both)
    expect(text.compose(one.a, one.c)).toEqual(one.a_then_c)
    expect(text.invert(one.text, one.a)).toEqual(one.a_inverse)
    expect(text.normal(one.loose)).toEqual(one.normal)
    expect(text.apply(one.text, text.diff(one.text, one.both))).toBe(one.both)
  }
})

test('an edit that does not fit is refused, and leaves nothing behind', () => {
  expect(() => text.apply('ab', [3])).toThrow(text.BadEdit)
  expect(() => text.apply('🚲', [-2])).toThrow(text.BadEdit)
  const sprint = founded(JSON.parse(changes)[0].before)
  const before = records(sprint)
  const { id } = [...sprint.records.note.values()][0] as AnyRecord
  const change: Change = [
    { op: 'patch', kind: 'note', id, set: { gone: true } },
    { op: 'text', id, edit: [-9999] },
  ]
  expect(() => apply(sprint, change)).toThrow()
  expect(records(sprint)).toEqual(before)
})

test('changes and their inverses', () => {
  interface Case {
    before: AnyRecord[]
    change: Change
    after: AnyRecord[]
    inverse: Change
  }
  const cases: Case[] = JSON.parse(changes)
  expect(cases.length).toBeGreaterThan(50)
  for (const { before, change, after, inverse } of cases) {
    const sprint = founded(before)
    const found = apply(sprint, change)
    expect(records(sprint)).toEqual(records(founded(after)))
    expect(found).toEqual(inverse)
    apply(sprint, found)
    expect(records(sprint)).toEqual(records(founded(before)))
  }
})

test('placement', () => {
  interface Case {
    siblings: [rank: number, id: string][]
    before: string | null
    count: number
    ranks: number[]
    tidied: { [id: string]: number }
  }
  const cases: Case[] = JSON.parse(placements)
  expect(cases.length).toBeGreaterThan(50)
  for (const { siblings, before, count, ranks, tidied } of cases) {
    const found = ranksBefore(
      siblings.map(([rank, id]) => ({ rank, id })),
      before,
      count,
    )
    expect(found.ranks).toEqual(ranks)
    expect(Object.fromEntries(found.tidied)).toEqual(tidied)
  }
})

/** Without the ids that the server draws. */
function drawn(change: Change): Change {
  return change.map(op =>
    op.op === 'put' && (op.record.kind === 'ballot' || op.record.kind === 'mark')
      ? { ...op, record: { ...op.record, id: '' } }
      : op,
  )
}

test('predictions', () => {
  interface Ask {
    seat: Seat
    now: number
    head: number
    command: AnyCommand
    change?: Change
    refusal?: string
  }
  const worlds: { records: AnyRecord[]; asks: Ask[] }[] = JSON.parse(predictions)
  let predicted = 0
  for (const world of worlds) {
    const sprint = founded(world.records)
    const start = world.asks[0]?.head ?? 0
    const edits: { seq: number; note: string; edit: Edit }[] = []
    for (const { seat, now, head, command, change } of world.asks) {
      let asked: AnyCommand | null = command
      if (command.do === 'note.edit') {
        // The engine brings an edit to the text as it is; here that is done by hand.
        let edit = text.normal(command.edit)
        for (const step of edits) {
          if (step.note === command.note && step.seq > command.base) {
            edit = text.transform(edit, step.edit, 'right')
          }
        }
        asked = command.base < start ? null : { ...command, edit }
      }
      const guess = asked && predict(sprint, asked, seat, now)
      if (!change) continue
      if (asked && guess) {
        expect({ command, change: drawn(guess) }).toEqual({ command, change: drawn(change) })
        predicted++
      }
      apply(sprint, change)
      for (const op of change) {
        if (op.op === 'text') edits.push({ seq: head + 1, note: op.id, edit: op.edit })
      }
    }
  }
  expect(predicted).toBeGreaterThan(400)
})
