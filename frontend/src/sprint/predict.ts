// What the server will most likely make of a command: the happy path of the rules in notes.py,
// clusters.py, seating.py, votes.py, marks.py and groups.py, so that a screen can draw it in the same frame. Permissions and limits are left to
// the server. A prediction may be wrong or missing (null), facts never are: it disappears when the
// command's own event arrives. Held to tests/vectors/predict.json.

import type { AnyCommand, Change, Group } from '../sync/protocol'
import { Draft } from './draft'
import { GAP } from './placement'
import type { Cluster, Note, Place, Seat, Sprint, Step } from './sprint'
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
      return later?.predict(sprint, command, seat, now) ?? null
  }
}

/** Predictions of what nobody does on the first screen: `predict_later.ts`, which comes with the rest. */
export interface Later {
  predict(sprint: Sprint, command: AnyCommand, seat: Seat, now: number): Change | null
  closedTurn(sprint: Sprint, seat: Seat): Change
}
let later: Later | null = null

export function predictLater(more: Later): void {
  later = more
}

/** What goes out of sight here when a turn is over. */
export function closedTurn(sprint: Sprint, seat: Seat): Change {
  return later?.closedTurn(sprint, seat) ?? []
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

/** The place of a seat, also when it never said anything of itself. */
export function placeOf(sprint: Sprint, seat: Seat): Place {
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

export function notInBin(sprint: Sprint, id: string): Note | null {
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
