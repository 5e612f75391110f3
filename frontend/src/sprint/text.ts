// Plain-text edits: apply, transform, compose, invert, diff. The mirror of sprint/text.py; both are
// held to tests/vectors/text.json.
//
// An edit walks over the text from its start: a positive number keeps so many code points, a
// negative one takes so many away, a string is put in; what is left is kept. Positions count code
// points, never UTF-16 units, because Python counts code points.
//
// Normal form: no zeros, no empty strings, no two neighbours of the same sort, an insertion before
// a removal where they touch, no keeping at the end.

import type { Edit } from '../sync/protocol'

export type Side = 'left' | 'right'

/** An edit that does not fit the text it is applied to. */
export class BadEdit extends Error {}

const SURROGATE = /[\uD800-\uDFFF]/

/** How many code points a text has. */
export function count(text: string): number {
  if (!SURROGATE.test(text)) return text.length
  let length = 0
  for (const _ of text) length++
  return length
}

/** A text that can be cut at code points. */
class Points {
  private readonly points: string | string[]
  readonly length: number

  constructor(text: string) {
    this.points = SURROGATE.test(text) ? Array.from(text) : text
    this.length = this.points.length
  }

  cut(from: number, to: number): string {
    const piece = this.points.slice(from, to)
    return typeof piece === 'string' ? piece : piece.join('')
  }
}

/** Collects parts into normal form. */
class Writer {
  private readonly parts: (number | string)[] = []
  private inserted = ''
  private removed = 0

  keep(length: number): void {
    if (length === 0) return
    this.flush()
    const last = this.parts.length - 1
    const before = this.parts[last]
    if (typeof before === 'number' && before > 0) this.parts[last] = before + length
    else this.parts.push(length)
  }
  remove(length: number): void {
    this.removed += length
  }
  insert(text: string): void {
    this.inserted += text
  }

  edit(): Edit {
    this.flush()
    const last = this.parts[this.parts.length - 1]
    if (typeof last === 'number' && last > 0) this.parts.pop()
    return this.parts
  }

  private flush(): void {
    if (this.inserted) this.parts.push(this.inserted)
    if (this.removed) this.parts.push(-this.removed)
    this.inserted = ''
    this.removed = 0
  }
}

/** Reads an edit in pieces of any length; after its end it keeps for ever. */
class Reader {
  private index = 0
  private used = 0
  private readonly insertions = new Map<number, Points>()

  constructor(private readonly edit: Edit) {}

  /** The text to put in here, if an insertion comes next. */
  get insertion(): Points | null {
    const part = this.edit[this.index]
    if (typeof part !== 'string') return null
    let points = this.insertions.get(this.index)
    if (!points) {
      points = new Points(part)
      this.insertions.set(this.index, points)
    }
    return points
  }
  get removes(): boolean {
    const part = this.edit[this.index]
    return typeof part === 'number' && part < 0
  }
  get ended(): boolean {
    return this.index >= this.edit.length
  }
  /** What is left of this part, in code points. */
  get left(): number {
    const part = this.edit[this.index]
    if (part === undefined) return Number.POSITIVE_INFINITY
    if (typeof part === 'string') return (this.insertion as Points).length - this.used
    return Math.abs(part) - this.used
  }
  /** The next so many code points of an insertion. */
  take(length: number): string {
    const text = (this.insertion as Points).cut(this.used, this.used + length)
    this.skip(length)
    return text
  }
  skip(length: number): void {
    if (this.ended) return
    if (length >= this.left) {
      this.index++
      this.used = 0
    } else {
      this.used += length
    }
  }
}

/** The same edit in normal form. */
export function normal(edit: Edit): Edit {
  const out = new Writer()
  for (const part of edit) {
    if (typeof part === 'string') out.insert(part)
    else if (part > 0) out.keep(part)
    else if (part < 0) out.remove(-part)
  }
  return out.edit()
}

/** Does nothing to any text. */
export function isEmpty(edit: Edit): boolean {
  return normal(edit).length === 0
}

/** Carries out an edit. Raises BadEdit where it reaches past the end. */
export function apply(text: string, edit: Edit): string {
  const points = new Points(text)
  let at = 0
  let out = ''
  for (const part of edit) {
    if (typeof part === 'string') {
      out += part
      continue
    }
    const to = at + Math.abs(part)
    if (to > points.length) throw new BadEdit('past the end of the text')
    if (part > 0) out += points.cut(at, to)
    at = to
  }
  return out + points.cut(at, points.length)
}

/** The edit that takes this one back. */
export function invert(text: string, edit: Edit): Edit {
  const points = new Points(text)
  const out = new Writer()
  let at = 0
  for (const part of edit) {
    if (typeof part === 'string') {
      out.remove(count(part))
      continue
    }
    const to = at + Math.abs(part)
    if (to > points.length) throw new BadEdit('past the end of the text')
    if (part > 0) out.keep(part)
    else out.insert(points.cut(at, to))
    at = to
  }
  return out.edit()
}

/**
 * `edit` as it reads after `other`, when both were made on the same text. Where both put something
 * in at the same place, `side` says on which side of the other's text this one's comes.
 */
export function transform(edit: Edit, other: Edit, side: Side): Edit {
  const mine = new Reader(edit)
  const theirs = new Reader(other)
  const out = new Writer()
  while (!mine.ended) {
    const put = mine.insertion
    const putThere = theirs.insertion
    if (putThere && !(put && side === 'left')) {
      out.keep(theirs.left)
      theirs.skip(theirs.left)
      continue
    }
    if (put) {
      out.insert(mine.take(mine.left))
      continue
    }
    const length = Math.min(mine.left, theirs.left)
    if (!theirs.removes) {
      if (mine.removes) out.remove(length)
      else out.keep(length)
    }
    mine.skip(length)
    theirs.skip(length)
  }
  return out.edit()
}

/** One edit that does what `first` and then `second` do. */
export function compose(first: Edit, second: Edit): Edit {
  const a = new Reader(first)
  const b = new Reader(second)
  const out = new Writer()
  while (!a.ended || !b.ended) {
    if (b.insertion) {
      out.insert(b.take(b.left))
      continue
    }
    if (a.removes) {
      out.remove(a.left)
      a.skip(a.left)
      continue
    }
    const length = Math.min(a.left, b.left)
    if (a.insertion) {
      const text = a.take(length)
      if (!b.removes) out.insert(text)
    } else if (b.removes) {
      out.remove(length)
      a.skip(length)
    } else {
      out.keep(length)
      a.skip(length)
    }
    b.skip(length)
  }
  return out.edit()
}

/** The smallest single replacement that makes `after` of `before`. */
export function diff(before: string, after: string): Edit {
  if (before === after) return []
  const a = Array.from(before)
  const b = Array.from(after)
  const most = Math.min(a.length, b.length)
  let start = 0
  while (start < most && a[start] === b[start]) start++
  let end = 0
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return normal([start, b.slice(start, b.length - end).join(''), -(a.length - start - end)])
}
