// The value of a sprint as this screen sees it: records by kind, and which notes and clusters lie
// in which container. The mirror of backend/opgavebord/sprint/sprint.py.
//
// Records are values: a change replaces a record, it never writes into one. So two sprints can
// share records, and `before !== after` tells cheaply what changed.

//
// A newer server may tell of a kind this page does not know: such a record is passed over. A field it
// does not know stays in the record, unread.

import type {
  AnyRecord,
  Cluster,
  Evening,
  Kind,
  Note,
  Place,
  Role,
  Step,
  Zone,
} from '../sync/protocol'

export type {
  AnyCommand,
  AnyRecord,
  Board,
  Change,
  Cluster,
  Edit,
  Evening,
  Kind,
  Note,
  Operation,
  Place,
  RefusalCode,
  Role,
  Stem,
  Step,
  Zone,
} from '../sync/protocol'

export type RecordOf<K extends Kind> = Extract<AnyRecord, { kind: K }>
export type Item = Note | Cluster

/** Who asks, as the server knows it. */
export interface Seat {
  id: string
  role: Role
}

/** Every kind once: the compiler says so where one is missing. */
const EVERY: { [K in Kind]: null } = {
  sprint: null,
  board: null,
  zone: null,
  step: null,
  stem: null,
  note: null,
  cluster: null,
  kern: null,
  domein: null,
  table: null,
  place: null,
  arrival: null,
  tally: null,
  group: null,
  round: null,
  ballot: null,
  mark: null,
  redaction: null,
  belofte: null,
  wall: null,
  checkpoint: null,
}
export const KINDS = Object.keys(EVERY) as readonly Kind[]

/** A record's address in one string, for sets of things that changed. */
export function keyOf(kind: Kind, id: string): string {
  return `${kind}:${id}`
}

/** The id of the zone or cluster an item lies in. */
export function container(item: Item): string {
  return item.kind === 'note' && item.cluster !== null ? item.cluster : item.zone
}

export function byRank(a: { rank: number; id: string }, b: { rank: number; id: string }): number {
  return a.rank - b.rank || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

export class Sprint {
  readonly records = Object.fromEntries(KINDS.map(kind => [kind, new Map()])) as {
    readonly [K in Kind]: Map<string, RecordOf<K>>
  }
  readonly children = new Map<string, Set<string>>()

  // -- finding ----------------------------------------------------------------------

  find<K extends Kind>(kind: K, id: string): RecordOf<K> | undefined {
    return this.shelf(kind)?.get(id)
  }
  /** Of a kind that is not known here: none. */
  private shelf<K extends Kind>(kind: K): Map<string, RecordOf<K>> | undefined {
    return this.records[kind]
  }
  note(id: string): Note | undefined {
    return this.records.note.get(id)
  }
  cluster(id: string): Cluster | undefined {
    return this.records.cluster.get(id)
  }
  zone(id: string): Zone | undefined {
    return this.records.zone.get(id)
  }
  step(id: string): Step | undefined {
    return this.records.step.get(id)
  }
  place(seat: string): Place | undefined {
    return this.records.place.get(seat)
  }
  get evening(): Evening | undefined {
    for (const evening of this.records.sprint.values()) return evening
    return undefined
  }
  get stepOn(): Step | undefined {
    const step = this.evening?.step
    return step ? this.step(step) : undefined
  }
  item(id: string): Item | undefined {
    return this.note(id) ?? this.cluster(id)
  }

  *[Symbol.iterator](): Generator<AnyRecord> {
    for (const kind of KINDS) yield* this.records[kind].values()
  }

  /** What lies in a zone or a cluster and is not in the bin, in order. */
  items(place: string): Item[] {
    const found: Item[] = []
    for (const id of this.children.get(place) ?? []) {
      const item = this.item(id)
      if (item) found.push(item)
    }
    return found.sort(byRank)
  }

  // -- writing, only for change.apply and for a snapshot --------------------------------

  put(record: AnyRecord): void {
    const shelf: Map<string, AnyRecord> | undefined = this.shelf(record.kind)
    if (!shelf) return
    const before = shelf.get(record.id)
    if (before) this.leave(before)
    shelf.set(record.id, record)
    this.enter(record)
  }

  drop(kind: Kind, id: string): void {
    const before = this.find(kind, id)
    if (!before) return
    this.leave(before)
    this.records[kind].delete(id)
  }

  clear(): void {
    for (const kind of KINDS) this.records[kind].clear()
    this.children.clear()
  }

  private enter(record: AnyRecord): void {
    if ((record.kind !== 'note' && record.kind !== 'cluster') || record.gone) return
    const place = container(record)
    let lying = this.children.get(place)
    if (!lying) {
      lying = new Set()
      this.children.set(place, lying)
    }
    lying.add(record.id)
  }

  private leave(record: AnyRecord): void {
    if ((record.kind !== 'note' && record.kind !== 'cluster') || record.gone) return
    const place = container(record)
    const lying = this.children.get(place)
    lying?.delete(record.id)
    if (lying?.size === 0) this.children.delete(place)
  }
}
