// Where a note that is being carried would land: pure, from a point and the boxes on the screen to
// an aim, and from an aim to the one command that the drop is.
//
// A point on a group means in that group. On the middle of a loose note it means *Leg bij …*. On
// the side of a note, or between notes, it means before the next one; past the last one, the end.

import type { AnyCommand } from '../sync/protocol'
import type { Box } from './layout'

export interface Point {
  x: number
  y: number
}

export interface Lying {
  id: string
  box: Box
  /** Somebody else's, still private: nothing can be laid with it. */
  closed?: boolean
}

export interface LyingGroup {
  id: string
  box: Box
  notes: readonly Lying[]
}

/** One zone as it is drawn, in the order of its notes, without the note that is carried. */
export interface Field {
  zone: string
  groups: readonly LyingGroup[]
  loose: readonly Lying[]
}

export type Aim =
  | { kind: 'place'; zone: string; cluster: string | null; before: string | null }
  | { kind: 'with'; zone: string; note: string }

/** What the step allows: `move` within a zone or to another, `group` in, out of and into groups. */
export interface Allowed {
  move: boolean
  group: boolean
}

/** The sides of a note that mean "before" and "after" it, as parts of its width. */
const SIDE = 0.26

export function aimAt(
  point: Point,
  field: Field,
  allowed: Allowed,
  from: string | null,
): Aim | null {
  const { zone } = field
  const group = field.groups.find(group => within(point, group.box))
  if (group && (allowed.group || from === group.id)) {
    return { kind: 'place', zone, cluster: group.id, before: next(point, group.notes) }
  }
  if (from !== null && !allowed.group) return null
  if (allowed.group) {
    const on = field.loose.find(note => within(point, note.box))
    if (on && !on.closed) {
      const side = (point.x - on.box.x) / on.box.w
      if (side >= SIDE && side <= 1 - SIDE) return { kind: 'with', zone, note: on.id }
    }
  }
  return { kind: 'place', zone, cluster: null, before: next(point, field.loose) }
}

/** The first note that reads after the point. */
function next(point: Point, notes: readonly Lying[]): string | null {
  for (const { id, box } of notes) {
    if (point.y < box.y) return id
    if (point.y <= box.y + box.h && point.x < box.x + box.w / 2) return id
  }
  return null
}

export function within(point: Point, box: Box): boolean {
  return (
    point.x >= box.x && point.x <= box.x + box.w && point.y >= box.y && point.y <= box.y + box.h
  )
}

/** In the circle or ellipse that fills a box. */
export function withinRound(point: Point, box: Box): boolean {
  const x = (point.x - box.x - box.w / 2) / (box.w / 2)
  const y = (point.y - box.y - box.h / 2) / (box.h / 2)
  return x * x + y * y <= 1
}

export function sameAim(a: Aim | null, b: Aim | null): boolean {
  if (a === null || b === null || a.kind !== b.kind || a.zone !== b.zone) return a === b
  if (a.kind === 'with') return b.kind === 'with' && a.note === b.note
  return b.kind === 'place' && a.cluster === b.cluster && a.before === b.before
}

/** Where a note lies now: its zone, its group, and the one after it. */
export interface Lies {
  zone: string
  cluster: string | null
  after: string | null
}

/** The command of a drop, or null where the note would stay as it lies. */
export function commandFor(
  note: string,
  aim: Aim,
  lies: Lies,
  freshId: () => string,
): AnyCommand | null {
  if (aim.kind === 'with') {
    if (aim.note === note) return null
    return { do: 'note.gather', note, target: aim.note, cluster: freshId() }
  }
  const { zone, cluster, before } = aim
  if (
    zone === lies.zone &&
    cluster === lies.cluster &&
    (before === lies.after || before === note)
  ) {
    return null
  }
  return { do: 'note.move', note, zone, cluster, before }
}

/** Who lies nearest in a direction: straight ahead counts, sideways costs. */
export function neighbour(
  from: Box,
  others: readonly Lying[],
  direction: 'left' | 'right' | 'up' | 'down',
): string | null {
  const middle = centre(from)
  let best: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const { id, box } of others) {
    const to = centre(box)
    const dx = to.x - middle.x
    const dy = to.y - middle.y
    const [ahead, aside] =
      direction === 'left'
        ? [-dx, dy]
        : direction === 'right'
          ? [dx, dy]
          : direction === 'up'
            ? [-dy, dx]
            : [dy, dx]
    if (ahead <= 1) continue
    const cost = ahead + 3 * Math.abs(aside)
    if (cost < least) {
      least = cost
      best = id
    }
  }
  return best
}

function centre(box: Box): Point {
  return { x: box.x + box.w / 2, y: box.y + box.h / 2 }
}
