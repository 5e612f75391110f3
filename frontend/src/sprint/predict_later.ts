// What the server will most likely make of what a seat says of itself, of dots and of marks: the happy
// path of seating.py, votes.py and marks.py. Fetched after the first screen; without it these wait for
// the server, and nothing else changes. See `predict.ts`.

import type { AnyCommand, Change } from '../sync/protocol'
import { equal } from './draft'
import { notInBin, placeOf, predictLater } from './predict'
import type { AnyRecord, Note, Place, Seat, Sprint } from './sprint'

type Of<Do extends AnyCommand['do']> = Extract<AnyCommand, { do: Do }>

function predict(sprint: Sprint, command: AnyCommand, seat: Seat, now: number): Change | null {
  switch (command.do) {
    case 'note.mark':
      return mark(sprint, command, seat)
    case 'vote.give':
      return give(sprint, command, seat)
    case 'place.sit':
      return be(sprint, seat, { table: command.table })
    case 'place.stand':
      return stand(sprint, command, seat)
    case 'place.turn':
      return be(sprint, seat, { turn: placeOf(sprint, seat).turn + 1, stem: null, kern: null })
    case 'place.voice':
      return be(sprint, seat, { stem: command.stem ?? null, kern: command.kern ?? null })
    case 'place.help':
      return be(sprint, seat, { help: command.on ? (placeOf(sprint, seat).help ?? now) : null })
    case 'place.done': {
      const step = sprint.stepOn
      return step ? be(sprint, seat, { done: command.on ? step.id : null }) : null
    }
    case 'place.check':
      return be(sprint, seat, { check: command.results, checked: now })
    default:
      return null
  }
}

function be(sprint: Sprint, seat: Seat, fields: Partial<Place>): Change {
  const before = sprint.place(seat.id)
  if (!before) return [{ op: 'put', record: { ...placeOf(sprint, seat), ...fields } }]
  return patched(before, fields)
}

function stand(sprint: Sprint, { stand }: Of<'place.stand'>, seat: Seat): Change {
  const place = placeOf(sprint, seat)
  if (place.stand !== stand && (place.stand === 'doorgeven' || stand === 'doorgeven')) {
    return be(sprint, seat, { stand, turn: place.turn + 1, stem: null, kern: null })
  }
  return be(sprint, seat, { stand })
}

/** What goes out of sight here when a turn is over: what it wrote in private, its dots and marks. The
 * server says so too; this is for as long as it has not. */
function closedTurn(sprint: Sprint, seat: Seat): Change {
  const place = sprint.place(seat.id)
  if (place?.stand !== 'doorgeven') return []
  const change: Change = []
  for (const note of sprint.records.note.values()) {
    if (!note.hidden || note.at_table || note.author !== seat.id) continue
    if (note.turn !== place.turn) continue
    change.push(...patched(note, BLANK_NOTE))
  }
  for (const ballot of sprint.records.ballot.values()) {
    if (ballot.seat !== seat.id || ballot.turn !== place.turn) continue
    change.push(...patched(ballot, { seat: null, turn: 0, table: null, stem: null, dots: {} }))
  }
  for (const mark of sprint.records.mark.values()) {
    if (mark.seat !== seat.id || mark.turn !== place.turn) continue
    change.push(...patched(mark, { seat: null, turn: 0, stem: null }))
  }
  return change
}

const BLANK_NOTE: Partial<Note> = {
  text: '',
  author: null,
  stem: null,
  literal: null,
  turn: null,
  scribed: false,
  type: '',
  fields: {},
  about: null,
  of: [],
  origin: '',
  card: '',
  kern: null,
  domains: [],
}

/** The turn that dots and marks belong to: 0 unless the tablet goes round. */
function turnOf(place: Place): number {
  return place.stand === 'doorgeven' ? place.turn : 0
}

/** The id of a ballot or mark is drawn by the server; until it tells, it has this one here. */
function provisional(...parts: (string | number)[]): string {
  return `eigen ${parts.join(' ')}`
}

function give(sprint: Sprint, command: Of<'vote.give'>, seat: Seat): Change | null {
  const round = sprint.records.round.get(command.round)
  if (!round?.open || !round.items.includes(command.item) || command.dots < 0) return null
  const place = placeOf(sprint, seat)
  const shared = round.per === 'tafel'
  if (shared && place.table === null) return null
  const turn = shared ? 0 : turnOf(place)
  const ballot = [...sprint.records.ballot.values()].find(
    one =>
      one.round === round.id &&
      !one.paper &&
      (shared
        ? one.shared && one.table === place.table
        : !one.shared && one.seat === seat.id && one.turn === turn),
  )
  const { [command.item]: _, ...dots } = ballot?.dots ?? {}
  if (command.dots > 0) dots[command.item] = command.dots
  const sum = Object.values(dots).reduce((all, one) => all + one, 0)
  if (command.dots > round.most || sum > round.budget) return null
  if (ballot) return patched(ballot, { dots, stem: ballot.shared ? ballot.stem : place.stem })
  return [
    {
      op: 'put',
      record: {
        kind: 'ballot',
        id: provisional(round.id, turn),
        round: round.id,
        seat: shared ? null : seat.id,
        turn,
        table: place.table,
        stem: shared ? null : place.stem,
        shared,
        paper: false,
        voters: 1,
        dots,
      },
    },
    { op: 'patch', kind: 'round', id: round.id, set: { voters: round.voters + 1 } },
  ]
}

function mark(sprint: Sprint, command: Of<'note.mark'>, seat: Seat): Change | null {
  const note = notInBin(sprint, command.note)
  if (!note || note.hidden) return null
  const place = placeOf(sprint, seat)
  const turn = turnOf(place)
  const mine = [...sprint.records.mark.values()].find(
    one => one.note === note.id && one.seat === seat.id && one.turn === turn,
  )
  const { what } = command
  if (mine) return patched(mine, what === null ? { gone: true } : { what, gone: false })
  if (what === null) return []
  const id = provisional(note.id, turn)
  return [
    {
      op: 'put',
      record: {
        kind: 'mark',
        id,
        note: note.id,
        what,
        seat: seat.id,
        turn,
        stem: place.stem,
        gone: false,
      },
    },
  ]
}

/** Other values in some fields of one record; what stays the same is not written. */
function patched<R extends AnyRecord>(before: R, fields: Partial<R>): Change {
  const set: { [field: string]: unknown } = {}
  for (const [name, now] of Object.entries(fields)) {
    if (!equal(before[name as keyof R], now)) set[name] = now
  }
  if (Object.keys(set).length === 0) return []
  return [{ op: 'patch', kind: before.kind, id: before.id, set }]
}

predictLater({ predict, closedTurn })
