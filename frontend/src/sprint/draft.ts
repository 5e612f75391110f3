// A change in the making: a prediction writes in it, and reads what it wrote as if it had happened.
// The mirror of backend/opgavebord/sprint/draft.py, where the invariants stand that `settle` keeps:
// a note lies in a cluster that is there, a cluster has a title or a note, no two siblings have
// the same rank.

import type { Change, Edit } from '../sync/protocol'
import { ranksBefore, type Sibling } from './placement'
import type { Sprint } from './sprint'
import { type AnyRecord, byRank, type Cluster, container, type Item, type Note } from './sprint'

type Fields<R> = { [F in keyof R]?: R[F] }

export class Draft {
  private readonly written = new Map<string, Item>()
  private readonly fields = new Map<string, { [field: string]: unknown }>()
  private readonly texts = new Map<string, Edit>()

  constructor(readonly sprint: Sprint) {}

  // -- reading: as it will be ---------------------------------------------------------------

  item(id: string): Item | undefined {
    return this.written.get(id) ?? this.sprint.item(id)
  }

  cluster(id: string): Cluster | undefined {
    const found = this.item(id)
    return found?.kind === 'cluster' ? found : undefined
  }

  siblings(place: string, without?: string): Sibling[] {
    const lying = new Map<string, Item>()
    for (const item of this.sprint.items(place)) lying.set(item.id, item)
    for (const item of this.written.values()) {
      lying.delete(item.id)
      if (!item.gone && container(item) === place) lying.set(item.id, item)
    }
    if (without !== undefined) lying.delete(without)
    return [...lying.values()].sort(byRank)
  }

  // -- writing ------------------------------------------------------------------------------

  put(record: Item): void {
    this.written.set(record.id, record)
  }

  /** Other values in some fields; what stays the same is not written. */
  set<R extends Item>(item: R, fields: Fields<R>): R {
    const entries = Object.entries(fields).filter(
      ([name, now]) => !equal(item[name as keyof R], now),
    )
    return entries.length > 0 ? this.write(item, Object.fromEntries(entries) as Fields<R>) : item
  }

  /** Lays a note or a cluster somewhere: the whole place is written, or nothing. */
  lay<R extends Item>(item: R, place: Fields<R>): R {
    const same = Object.entries(place).every(([name, now]) => item[name as keyof R] === now)
    return same ? item : this.write(item, place)
  }

  text(note: Note, edit: Edit): void {
    if (edit.length > 0) this.texts.set(note.id, edit)
  }

  roomIn(place: string, before: string | null, count: number, without: string): number[] {
    const { ranks, tidied } = ranksBefore(this.siblings(place, without), before, count)
    for (const [id, rank] of tidied) {
      const item = this.item(id)
      if (item) this.set(item, { rank })
    }
    return ranks
  }

  private write<R extends Item>(item: R, fields: Fields<R>): R {
    const after = { ...item, ...fields }
    this.written.set(item.id, after)
    this.fields.set(item.id, { ...this.fields.get(item.id), ...fields })
    return after
  }

  // -- what follows -------------------------------------------------------------------------

  settle(): void {
    const clusters = new Set<string>()
    for (const item of [...this.written.values()]) {
      if (item.kind === 'cluster') {
        clusters.add(item.id)
        continue
      }
      for (const note of [this.sprint.note(item.id), item]) {
        if (note?.cluster) clusters.add(note.cluster)
      }
      this.settleNote(item)
    }
    for (const id of clusters) {
      const cluster = this.cluster(id)
      if (cluster && !cluster.gone && !cluster.title && this.siblings(id).length === 0) {
        this.set(cluster, { gone: true })
      }
    }
    for (const item of [...this.written.values()]) this.settleRank(item.id)
  }

  private settleNote(note: Note): void {
    if (note.gone || note.cluster === null) return
    const cluster = this.cluster(note.cluster)
    if (!cluster || cluster.gone) {
      const [rank = note.rank] = this.roomIn(note.zone, null, 1, note.id)
      this.lay(note, { zone: note.zone, cluster: null, rank })
    } else if (cluster.zone !== note.zone) {
      this.lay(note, { zone: cluster.zone, cluster: cluster.id, rank: note.rank })
    }
  }

  private settleRank(id: string): void {
    const now = this.item(id)
    if (!now || now.gone) return
    const place = container(now)
    const taken = this.siblings(place, id).find(sibling => sibling.rank === now.rank)
    if (!taken) return
    const [rank] = this.roomIn(place, taken.id, 1, id)
    const again = this.item(id)
    if (again && rank !== undefined) this.set(again, { rank })
  }

  /** What was drafted, without what comes to the same. */
  change(): Change {
    const change: Change = []
    for (const [id, record] of this.written) {
      const before = this.sprint.item(id)
      if (!before) change.push({ op: 'put', record })
      else if (differs(before, record)) {
        change.push({ op: 'patch', kind: record.kind, id, set: { ...this.fields.get(id) } })
      }
    }
    for (const [id, edit] of this.texts) change.push({ op: 'text', id, edit })
    return change
  }
}

function differs(before: AnyRecord, after: AnyRecord): boolean {
  const b = before as unknown as { [field: string]: unknown }
  const a = after as unknown as { [field: string]: unknown }
  return Object.keys(a).some(name => !equal(a[name], b[name]))
}

/** Values of fields: plain ones, lists, or words by name in any order. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every(name => equal((a as Fields_)[name], (b as Fields_)[name]))
  )
}

interface Fields_ {
  [field: string]: unknown
}
