// The value of a sprint as this screen sees it: records by kind, and which notes and clusters lie
// in which container. The mirror of backend/opgavebord/sprint/sprint.py.
//
// Records are values: a change replaces a record, it never writes into one. So two sprints can
// share records, and `before !== after` tells cheaply what changed.

import type { Board, Cluster, Evening, Kind, Note, Stem, Step, Zone } from '../sync/protocol'

export type {
  AnyCommand,
  Board,
  Change,
  Cluster,
  Edit,
  Evening,
  Kind,
  Note,
  Operation,
  RefusalCode,
  Role,
  Stem,
  Step,
  Zone,
} from '../sync/protocol'

export type AnyRecord = Evening | Board | Zone | Step | Stem | Note | Cluster
export type Item = Note | Cluster

/** Who asks, as the server knows it. */
export interface Seat {
  id: string
  role: string
}

export const KINDS: readonly Kind[] = ['sprint', 'board', 'zone', 'step', 'stem', 'note', 'cluster']

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
  readonly records: { [K in Kind]: Map<string, AnyRecord> } = {
    sprint: new Map(),
    board: new Map(),
    zone: new Map(),
    step: new Map(),
    stem: new Map(),
    note: new Map(),
    cluster: new Map(),
  }
  readonly children = new Map<string, Set<string>>()

  // -- finding ----------------------------------------------------------------------

  find(kind: Kind, id: string): AnyRecord | undefined {
    return this.records[kind].get(id)
  }
  note(id: string): Note | undefined {
    return this.records.note.get(id) as Note | undefined
  }
  cluster(id: string): Cluster | undefined {
    return this.records.cluster.get(id) as Cluster | undefined
  }
  zone(id: string): Zone | undefined {
    return this.records.zone.get(id) as Zone | undefined
  }
  step(id: string): Step | undefined {
    return this.records.step.get(id) as Step | undefined
  }
  get evening(): Evening | undefined {
    for (const evening of this.records.sprint.values()) return evening as Evening
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
    const shelf = this.records[record.kind]
    const before = shelf.get(record.id)
    if (before) this.leave(before)
    shelf.set(record.id, record)
    this.enter(record)
  }

  drop(kind: Kind, id: string): void {
    const before = this.records[kind].get(id)
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
