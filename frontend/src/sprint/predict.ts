// What the server will most likely make of a command: the happy path of the rules in notes.py,
// clusters.py, seating.py, votes.py, marks.py and groups.py, so that a screen can draw it in the same frame. Permissions and limits are left to
// the server. A prediction may be wrong or missing (null), facts never are: it disappears when the
// command's own event arrives. Held to tests/vectors/predict.json.

import type { AnyCommand, Change, Group } from '../sync/protocol'
import { Draft, equal } from './draft'
import { GAP } from './placement'
import type { AnyRecord, Cluster, Note, Place, Seat, Sprint, Step } from './sprint'
import * as text from './text'

type Of<Do extends AnyCommand['do']> = Extract<AnyCommand, { do: Do }>

/** `now`: the server's clock as far as this device knows it, in milliseconds. */
export function predict(
  sprint: Sprint,
  command: AnyCommand,
  seat: Seat,
  now: number,
): Change | null {
  switch (command.do) {
    case 'note.create':
      return create(sprint, command, seat, now)
    case 'note.edit':
      return edit(sprint, command, seat)
    case 'note.stem': {
      const note = notInBin(sprint, command.note)
      return note && drafted(sprint, draft => draft.set(note, { stem: command.stem }))
    }
    case 'note.field': {
      const note = notInBin(sprint, command.note)
      if (!note) return null
      const { [command.name]: _, ...others } = note.fields
      const fields = command.value === null ? others : { ...others, [command.name]: command.value }
      return drafted(sprint, draft => draft.set(note, { fields }))
    }
    case 'note.kern': {
      const note = notInBin(sprint, command.note)
      return note && drafted(sprint, draft => draft.set(note, { kern: command.kern }))
    }
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
    case 'group.put':
      return group(sprint, command.notes, command.group)
    case 'group.make':
      return makeGroup(sprint, command)
    case 'note.move':
      return move(sprint, command)
    case 'note.gather':
      return gather(sprint, command)
    case 'note.bin': {
      const note = sprint.note(command.note)
      return note ? drafted(sprint, draft => draft.set(note, { gone: true })) : null
    }
    case 'note.restore':
      return restore(sprint, command, seat)
    case 'cluster.name': {
      const cluster = standing(sprint, command.cluster)
      return cluster && drafted(sprint, draft => draft.set(cluster, { title: command.title }))
    }
    case 'cluster.move':
      return moveCluster(sprint, command)
    case 'cluster.dissolve':
      return dissolve(sprint, command)
    default:
      return null
  }
}

function create(
  sprint: Sprint,
  command: Of<'note.create'>,
  seat: Seat,
  now: number,
): Change | null {
  const zone = sprint.zone(command.zone)
  if (!zone || sprint.item(command.note)) return null
  const on = sprint.stepOn
  let step: Step | undefined = stepOf(sprint, command)
  if (seat.role === 'deelnemer') {
    if (step?.board !== zone.board) return null
  } else if (step?.board !== zone.board) step = undefined
  const place = placeOf(sprint, seat)
  const goesRound = place.stand === 'doorgeven'
  const table = command.table ?? place.table
  const [hidden, at_table] = kept(sprint, step, table)
  const note: Note = {
    kind: 'note',
    id: command.note,
    zone: zone.id,
    cluster: null,
    rank: behindAll(sprint, zone.id),
    text: command.text,
    author: seat.id,
    stem: command.stem ?? (goesRound ? place.stem : null),
    step: step?.id ?? null,
    at: now,
    hidden,
    late: step !== undefined && (step.revealed || step.id !== on?.id),
    gone: false,
    literal: null,
    at_table,
    table,
    turn: goesRound ? place.turn : null,
    scribed: place.stand === 'notuleren',
    // a sentence says that it is one
    type: command.type || (zone.type === 'bedoeling' ? '' : zone.type),
    fields: command.fields ?? {},
    about: command.about ?? null,
    of: command.of ?? [],
    origin: command.origin ?? '',
    card: command.card ?? '',
    kern: command.kern ?? (goesRound ? place.kern : null),
    domains: [],
    group: null,
  }
  return [{ op: 'put', record: note }]
}

/** Into a group of the harvest, or out of it. */
function group(sprint: Sprint, ids: readonly string[], into: string | null): Change | null {
  if (into !== null && sprint.find('group', into)?.gone !== false) return null
  const notes = ids.map(id => notInBin(sprint, id))
  if (notes.some(note => !note || note.hidden)) return null
  return drafted(sprint, draft => {
    for (const note of notes) if (note) draft.set(note, { group: into })
  })
}

/** A new group at the end. What a table's pile brings along is left to the server. */
function makeGroup(sprint: Sprint, command: Of<'group.make'>): Change | null {
  if (command.cluster || sprint.find('group', command.group)) return null
  const laid = group(sprint, command.notes ?? [], null)
  if (laid === null) return null
  let last = 0
  for (const { gone, rank } of sprint.records.group.values()) if (!gone) last = Math.max(last, rank)
  const record: Group = {
    kind: 'group',
    id: command.group,
    title: command.title ?? '',
    rank: last + GAP,
    gone: false,
  }
  const inside = drafted(sprint, draft => {
    for (const id of command.notes ?? []) {
      const note = sprint.note(id)
      if (note) draft.set(note, { group: command.group })
    }
  })
  return [{ op: 'put', record }, ...(inside ?? [])]
}

/** Whether a note of that step is hidden, and whether its table sees it. */
function kept(
  sprint: Sprint,
  step: Step | undefined,
  table: string | null,
): [hidden: boolean, atTable: boolean] {
  if (!step || step.visible === 'zaal') return [false, false]
  const seated = table !== null
  if (step.revealed && step.late === 'direct') {
    return onlyToTables(sprint, step) ? [seated, seated] : [false, false]
  }
  return step.visible === 'alleen_ik' ? [true, false] : [seated, seated]
}

/** Whether a private step that was revealed, was revealed to the tables only. */
function onlyToTables(sprint: Sprint, step: Step): boolean {
  const on = sprint.stepOn
  if (on?.board === step.board && on.visible === 'tafel' && !on.revealed) return true
  for (const note of sprint.records.note.values()) {
    if (note.step === step.id && note.hidden && note.at_table) return true
  }
  return false
}

/** The rank behind everything that lies in a place. */
function behindAll(sprint: Sprint, place: string): number {
  let last: number | null = null
  for (const id of sprint.children.get(place) ?? []) {
    const rank = sprint.item(id)?.rank ?? 0
    if (last === null || rank > last) last = rank
  }
  return (last ?? 0) + GAP
}

function stepOf(sprint: Sprint, command: Of<'note.create'>): Step | undefined {
  const on = sprint.stepOn
  if (command.step && command.step !== on?.id) {
    const named = sprint.step(command.step)
    if (named?.visited && named.may.includes('schrijven')) return named
  }
  return on
}

/** The edit has been brought to the text as it is: see `engine.ts`. Raises where it does not fit. */
function edit(sprint: Sprint, command: Of<'note.edit'>, seat: Seat): Change | null {
  const note = sprint.note(command.note)
  if (!note) return null
  if (text.apply(note.text, command.edit) === note.text) return []
  const draft = new Draft(sprint)
  draft.text(note, command.edit)
  const theirs = note.author !== seat.id || note.step !== (sprint.stepOn?.id ?? null)
  if (theirs && note.literal === null) draft.set(note, { literal: note.text })
  return draft.change()
}

function move(sprint: Sprint, command: Of<'note.move'>): Change | null {
  const note = notInBin(sprint, command.note)
  if (!note) return null
  let { zone } = command
  if (command.cluster) {
    const cluster = standing(sprint, command.cluster)
    if (!cluster) return null
    zone = cluster.zone
  }
  if (!sameBoard(sprint, note.zone, zone)) return null
  const cluster = command.cluster ?? null
  return drafted(sprint, draft => {
    const [rank = 0] = draft.roomIn(cluster ?? zone, command.before ?? null, 1, note.id)
    draft.lay(note, { zone, cluster, rank })
  })
}

function gather(sprint: Sprint, command: Of<'note.gather'>): Change | null {
  const note = notInBin(sprint, command.note)
  const target = notInBin(sprint, command.target)
  if (!note || !target || note.id === target.id) return null
  if (!sameBoard(sprint, note.zone, target.zone)) return null
  const { zone } = target
  if (target.cluster !== null) {
    const { cluster } = target
    if (note.cluster === cluster) return []
    return drafted(sprint, draft => {
      const [rank = 0] = draft.roomIn(cluster, null, 1, note.id)
      draft.lay(note, { zone, cluster, rank })
    })
  }
  if (sprint.item(command.cluster)) return null
  return drafted(sprint, draft => {
    const id = command.cluster
    draft.put({ kind: 'cluster', id, zone, rank: target.rank, title: '', gone: false })
    draft.lay(target, { zone, cluster: id, rank: GAP })
    draft.lay(note, { zone, cluster: id, rank: 2 * GAP })
  })
}

function restore(sprint: Sprint, command: Of<'note.restore'>, seat: Seat): Change | null {
  const note = sprint.note(command.note)
  if (!note) return null
  return drafted(sprint, draft => {
    if (!note.gone) return
    const back = draft.set(note, { gone: false })
    const step = note.step ? sprint.step(note.step) : undefined
    if (note.hidden && note.author === seat.id && step?.revealed) {
      const [hidden, at_table] = kept(sprint, step, note.table)
      draft.set(back, { hidden, at_table, late: true })
    }
  })
}

// -- a seat ---------------------------------------------------------------------------------

/** The place of a seat, also when it never said anything of itself. */
function placeOf(sprint: Sprint, seat: Seat): Place {
  return (
    sprint.place(seat.id) ?? {
      kind: 'place',
      id: seat.id,
      role: seat.role,
      table: null,
      stand: 'schrijven',
      turn: 0,
      stem: null,
      kern: null,
      help: null,
      done: null,
      removed: false,
      check: {},
      checked: null,
    }
  )
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
export function closedTurn(sprint: Sprint, seat: Seat): Change {
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

function moveCluster(sprint: Sprint, command: Of<'cluster.move'>): Change | null {
  const cluster = standing(sprint, command.cluster)
  const { zone } = command
  if (!cluster || !sameBoard(sprint, cluster.zone, zone)) return null
  return drafted(sprint, draft => {
    const [rank = 0] = draft.roomIn(zone, command.before ?? null, 1, cluster.id)
    draft.lay(cluster, { zone, rank })
    for (const note of sprint.items(cluster.id)) draft.set(note, { zone })
  })
}

function dissolve(sprint: Sprint, command: Of<'cluster.dissolve'>): Change | null {
  const cluster = sprint.cluster(command.cluster)
  if (!cluster) return null
  return drafted(sprint, draft => {
    if (cluster.gone) return
    const inside = sprint.items(cluster.id) as Note[]
    const siblings = draft.siblings(cluster.zone)
    const at = siblings.findIndex(sibling => sibling.id === cluster.id)
    const before = siblings[at + 1]?.id ?? null
    draft.set(cluster, { gone: true })
    if (inside.length === 0) return
    const ranks = draft.roomIn(cluster.zone, before, inside.length, cluster.id)
    inside.forEach((note, index) => {
      draft.lay(note, { zone: cluster.zone, cluster: null, rank: ranks[index] as number })
    })
  })
}

function drafted(sprint: Sprint, write: (draft: Draft) => void): Change {
  const draft = new Draft(sprint)
  write(draft)
  draft.settle()
  return draft.change()
}

function notInBin(sprint: Sprint, id: string): Note | null {
  const note = sprint.note(id)
  return note && !note.gone ? note : null
}

function standing(sprint: Sprint, id: string): Cluster | null {
  const cluster = sprint.cluster(id)
  return cluster && !cluster.gone ? cluster : null
}

function sameBoard(sprint: Sprint, here: string, there: string): boolean {
  const board = sprint.zone(there)?.board
  return board !== undefined && sprint.zone(here)?.board === board
}
