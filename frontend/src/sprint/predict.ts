// What the server will most likely make of a command: the happy path of the rules in notes.py and
// clusters.py, so that a screen can draw it in the same frame. Permissions and limits are left to
// the server. A prediction may be wrong or missing (null), facts never are: it disappears when the
// command's own event arrives. Held to tests/vectors/predict.json.

import type { AnyCommand, Change } from '../sync/protocol'
import { Draft } from './draft'
import { GAP } from './placement'
import type { Cluster, Note, Seat, Sprint, Step } from './sprint'
import * as text from './text'

const STAFF = new Set(['begeleider', 'oogst', 'bureau'])

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
  const place = sprint.place(seat.id)
  const own = STAFF.has(seat.role) ? null : (place?.table ?? null)
  const table = STAFF.has(seat.role) ? (command.table ?? null) : own
  const turn = place?.stand === 'doorgeven' ? place.turn : null
  const private_ = step !== undefined && isPrivate(step, table)
  const note: Note = {
    kind: 'note',
    id: command.note,
    zone: zone.id,
    cluster: null,
    rank: behindAll(sprint, zone.id),
    text: command.text,
    author: seat.id,
    stem: command.stem ?? (turn === null ? null : (place?.stem ?? null)),
    step: step?.id ?? null,
    at: now,
    hidden: private_,
    late: step !== undefined && (step.revealed || step.id !== on?.id),
    gone: false,
    literal: null,
    at_table: private_ && step?.visible === 'tafel',
    table,
    turn,
    scribed: place?.stand === 'notuleren',
    type: command.type ?? '',
    fields: command.fields ?? {},
    about: command.about ?? null,
    of: command.of ?? [],
    origin: command.origin ?? '',
    card: command.card ?? '',
    kern: command.kern ?? (turn === null ? null : (place?.kern ?? null)),
    domains: [],
    group: null,
  }
  return [{ op: 'put', record: note }]
}

/** Whether what is written in this step is not yet for everybody. */
function isPrivate(step: Step, table: string | null): boolean {
  if (step.visible === 'zaal' || (step.visible === 'tafel' && table === null)) return false
  return !step.revealed || step.late === 'wacht'
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
      draft.set(back, { hidden: false, late: true })
    }
  })
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
