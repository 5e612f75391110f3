// Confirmed records + pending commands = what is shown. Pure: no DOM, no timers, no clock, no
// socket and no storage; `live.svelte.ts` carries out what `take()` hands over.
//
// Invariants
// * `confirmed` holds exactly what the server told up to and including `head`. Predictions never
//   touch it; `shown` is a copy of it with the predictions of `pending` laid over, in order.
// * A command leaves `pending` only by its own verdict: when the event of its ack has been applied,
//   or on a refusal. Losing a connection changes nothing but `sent`.
// * Acks are read before the events of the same message, so that an event whose number was
//   acknowledged is known as our own echo.
// * Stale events (number ≤ head) are ignored, a gap is asked for, and nothing is skipped.
//
// Text. The edits of one note form a chain: the first was made on the confirmed text, each next one
// on the text after its predecessor. Only the first is ever on the way. A foreign edit transforms
// the whole chain, so an edit always fits the text as of `head`, and `head` is its base on the wire.
// Where the trail of edits is lost (a snapshot, a page that was closed, an undo in between) an edit
// is `loose`: it remembers the text it was made on and is fitted anew by comparing texts. Positions
// are then a guess; typed characters are never lost.

import { apply, touched } from '../sprint/change'
import { closedTurn, predict } from '../sprint/predict'
import { type AnyRecord, keyOf, type Note, type Seat, Sprint } from '../sprint/sprint'
import * as text from '../sprint/text'
import type {
  Ack,
  AnyCommand,
  Change,
  ClientMessage,
  Do,
  Edit,
  Event,
  Frame,
  Hello,
  Me,
  Mine,
  Operation,
  RefusalCode,
  Role,
  Snapshot,
  Welcome,
} from './protocol'
import { VERSION } from './protocol'

/** Commands that may be on the way without a verdict. */
export const WINDOW = 32
/** Names in one hello; limits.PENDING_NAMES. */
const NAMES = 500
/** Parts of one edit on the wire; limits.EDIT_PARTS. */
const PARTS = 200
/** Between two edits of one note: quick enough to write together, and a long evening of typing
 * stays under limits.COMMANDS_PER_HOUR. */
export const EDIT_PAUSE_MS = 400
/** Own commands that can be undone; limits.UNDO_PER_SEAT. */
const UNDOABLE = 100

/** A command as it is written in the outbox of the device. */
export interface Entry {
  name: string
  order: number
  command: AnyCommand
  on: string | null // of an edit: the text it was made on
}

/** Understood and refused, with the words that were in it. */
export interface Refusal {
  id: string
  code: RefusalCode
  command: AnyCommand
  text: string | null
}

/** A sprint as it was told up to `head`, to be kept on the device. `v`: of which protocol. */
export interface Kept {
  v?: number
  head: number
  seat: Me
  records: AnyRecord[]
}

/** How safe a pending command is on this device. */
export type Safety = 'writing' | 'kept' | 'cannot'

export interface Pending {
  readonly name: string
  readonly order: number
  command: AnyCommand
  readonly own: boolean // asked in this tab, so nobody else writes on in it
  readonly at: number // the server's clock when it was asked
  safety: Safety
  sent: boolean // handed to the socket that is open now
  ever: boolean // handed to any socket, as far as we know
  seq: number | null // kept by the server as this event, which has not been seen yet
  loose: string | null // of an edit without a trail: the text it was made on
  drawnOn: string | null // of an edit: the text its prediction was last laid over
  drawn: Edit | null // and what was laid over it
}

/** What there is to do after something came in. */
export interface Outcome {
  changed: Set<string> // addresses of records that may be shown differently now
  marks: Set<string> // notes whose mark may have changed
  write: Entry[]
  remove: string[]
  refused: Refusal[]
  renamed: [from: string, to: string][]
  send: ClientMessage[]
}

interface Laid {
  note: string
  edit: Edit
}

function nothing(): Outcome {
  return {
    changed: new Set(),
    marks: new Set(),
    write: [],
    remove: [],
    refused: [],
    renamed: [],
    send: [],
  }
}

/** The device in a command's name. */
export function deviceOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'))
}

/** The note a command is about, if it is about one. */
export function noteOf(command: AnyCommand): string | null {
  return 'note' in command ? command.note : null
}

export class Engine {
  readonly confirmed = new Sprint()
  readonly shown = new Sprint()
  head: number | null = null
  me: Me | null = null
  pending: Pending[] = []

  private out = nothing()
  private number = 0
  private order = 0
  private welcomed = false
  private askedSince = false
  private awaitsMine = false
  private readonly decided = new Set<string>() // names with a verdict: not to be adopted again
  private readonly byName = new Map<string, Pending>()
  private readonly overlay = new Set<string>()
  private readonly lastEdit = new Map<string, number>()
  private readonly rewrite = new Set<string>() // notes whose edits are to be written down anew
  private readonly unplacedNotes = new Set<string>()
  // what own commands did, to predict their undo: as confirmed, and as laid over in this pass
  private readonly inverses = new Map<string, Change>()
  private laidInverses = new Map<string, { from: number; change: Change }>()
  private laid: Laid[] = []

  /** `device`: a fresh id for every load of a page, so that a name is never used twice. */
  constructor(
    readonly device: string,
    private readonly role: Role = 'deelnemer',
  ) {}

  /** What there is to do since the last time. */
  take(): Outcome {
    const out = this.out
    this.out = nothing()
    return out
  }

  /** A gap was found and has not been filled yet. */
  get gapped(): boolean {
    return this.askedSince
  }

  get unsent(): number {
    let count = 0
    for (const p of this.pending) if (p.seq === null) count++
    return count
  }

  get seat(): Seat {
    return this.me ?? { id: '', role: this.role }
  }

  find(name: string): Pending | undefined {
    return this.byName.get(name)
  }

  // -- from the device --------------------------------------------------------------------

  /** Starts from what was kept here. */
  restore(kept: Kept): void {
    if (kept.v !== VERSION) return // its records lack fields: what is told anew is whole
    this.me = kept.seat
    this.replace(kept.head, kept.records)
  }

  /** What to keep: the confirmed records, and the edits as they fit them. */
  keepable(): { kept: Kept; entries: Entry[] } | null {
    if (this.head === null || !this.me || this.awaitsMine) return null
    const entries = this.pending.filter(p => p.command.do === 'note.edit' && p.seq === null)
    return {
      kept: { v: VERSION, head: this.head, seat: this.me, records: [...this.confirmed] },
      entries: entries.map(p => this.entry(p)),
    }
  }

  /** Takes over what waits in the outbox, of this tab's earlier life or of another tab. */
  adopt(entries: readonly Entry[]): void {
    for (const { name, order, command, on } of [...entries].sort((a, b) => a.order - b.order)) {
      const known = this.byName.get(name)
      if (this.decided.has(name)) continue
      if (known && (known.own || known.sent || known.seq !== null)) continue
      const p: Pending = {
        name,
        order,
        command,
        own: false,
        at: Math.floor(order),
        safety: 'kept',
        sent: false,
        ever: true,
        seq: null,
        loose: command.do === 'note.edit' ? (on ?? '') : null,
        drawnOn: null,
        drawn: null,
      }
      if (known) this.pending[this.pending.indexOf(known)] = p
      else this.pending.splice(this.placeFor(p), 0, p)
      this.byName.set(name, p)
      this.order = Math.max(this.order, order)
      this.mark(p)
    }
    this.refresh(new Set())
  }

  /** Before what was asked later, also if that was asked in this tab already. Edits go last: the
   * chain of their note was made without them. */
  private placeFor(p: Pending): number {
    if (p.command.do === 'note.edit' || p.command.do === 'undo') return this.pending.length
    const at = this.pending.findIndex(q => !q.sent && q.seq === null && q.order > p.order)
    return at < 0 ? this.pending.length : at
  }

  /** Another tab may have taken this one for closed: what is written down is written on no more. */
  freeze(): void {
    for (const p of this.pending) p.ever = true
  }

  /** The device has written these down, or can not. */
  settleSafety(names: Iterable<string>, safety: Safety): void {
    for (const name of names) {
      const p = this.byName.get(name)
      if (!p || p.safety === safety) continue
      p.safety = safety
      this.mark(p)
    }
  }

  // -- asking -----------------------------------------------------------------------------

  /** Gives a command its name, predicts it and puts it in the row. `now` is the server's clock;
   * `asked` this device's, which orders what its tabs ask, also before they know the server's. */
  ask(command: AnyCommand, now: number, asked = now): Pending {
    const p = this.enlist(command, now, asked)
    this.lay(p)
    return p
  }

  /** The text field of a note now reads `wanted`. Returns the pending edit it became part of. */
  type(noteId: string, wanted: string, now: number, asked = now): Pending | null {
    const note = this.shown.note(noteId)
    if (!note) return null
    const edit = text.diff(note.text, wanted)
    if (edit.length === 0) return null
    const last = this.lastOnText(noteId)
    if (last?.command.do === 'note.edit' && this.open(last)) {
      if (last.drawn && last.drawnOn !== null) {
        const whole = text.compose(last.drawn, edit)
        last.command = { ...last.command, edit: this.short(last.drawnOn, whole) }
        if (last.loose !== null) last.loose = last.drawnOn
        last.safety = 'writing'
        this.mark(last)
        this.out.write.push(this.entry(last))
        this.refresh(new Set())
        return last
      }
    }
    const command: AnyCommand = { do: 'note.edit', note: noteId, base: this.head ?? 0, edit }
    const loose = this.undoneBefore(noteId) ? note.text : null
    const p = this.enlist(command, now, asked, loose)
    this.lay(p)
    return p
  }

  /** May more be typed into this edit? */
  private open(p: Pending): boolean {
    if (!p.own || p.ever || p.seq !== null) return false
    return !this.pending.some(({ command }) => command.do === 'undo' && command.of === p.name)
  }

  private enlist(
    command: AnyCommand,
    now: number,
    asked: number,
    loose: string | null = null,
  ): Pending {
    this.order = Math.max(this.order + 0.001, asked)
    this.number += 1
    const p: Pending = {
      name: `${this.device}.${this.number}`,
      order: this.order,
      command,
      own: true,
      at: now,
      safety: 'writing',
      sent: false,
      ever: false,
      seq: null,
      loose,
      drawnOn: null,
      drawn: null,
    }
    this.pending.push(p)
    this.byName.set(p.name, p)
    this.mark(p)
    const on = command.do === 'note.edit' ? (this.shown.note(command.note)?.text ?? '') : null
    this.out.write.push({ name: p.name, order: p.order, command, on })
    return p
  }

  private entry(p: Pending): Entry {
    const { name, order, command } = p
    return { name, order, command, on: command.do === 'note.edit' ? this.madeOn(p) : null }
  }

  /** The text an edit was made on. */
  private madeOn(p: Pending): string {
    if (p.loose !== null) return p.loose
    const chain = this.chain(noteOf(p.command) as string)
    return this.textsOf(noteOf(p.command) as string, chain)[chain.indexOf(p)] ?? p.drawnOn ?? ''
  }

  // -- to the socket ----------------------------------------------------------------------

  hello(gzip: boolean): Hello {
    const waiting = this.pending.filter(p => p.seq === null)
    const names = waiting.slice(0, NAMES).map(p => p.name)
    const { device } = this
    const head = this.awaitsMine ? null : this.head // cut before `mine` came: it was not whole
    return { t: 'hello', v: VERSION, device, head, pending: names, gzip, unsent: waiting.length }
  }

  /** The connection is gone: what was handed to it has to be handed over again. */
  disconnected(): void {
    this.welcomed = false
    this.askedSince = false
    for (const p of this.pending) {
      if (!p.sent) continue
      p.sent = false
      this.mark(p)
    }
  }

  /** The commands to hand to the open socket now, in order, and when to look again. */
  next(now: number): { send: Do[]; again: number | null } {
    const send: Do[] = []
    let again: number | null = null
    if (!this.welcomed || this.head === null) return { send, again }
    let flying = this.pending.filter(p => p.sent && p.seq === null).length
    for (const p of this.pending) {
      if (flying >= WINDOW) break
      if (p.sent || p.seq !== null || !this.ready(p)) continue
      if (p.command.do === 'note.edit') {
        const due = (this.lastEdit.get(p.command.note) ?? Number.NEGATIVE_INFINITY) + EDIT_PAUSE_MS
        if (p.own && !p.ever && due > now && due <= now + EDIT_PAUSE_MS) {
          again = Math.min(again ?? due, due)
          continue
        }
        this.lastEdit.set(p.command.note, now)
        const { note } = p.command
        const base = this.confirmed.note(note)?.text ?? ''
        p.command = { ...p.command, base: this.head, edit: this.short(base, p.command.edit) }
      }
      p.sent = true
      p.ever = true
      flying++
      this.mark(p)
      send.push({ t: 'do', id: p.name, c: p.command })
    }
    return { send, again }
  }

  private ready(p: Pending): boolean {
    const { command } = p
    if (command.do === 'undo') {
      const target = this.byName.get(command.of)
      return !target || target.sent || target.seq !== null
    }
    if (command.do !== 'note.edit') return true
    if (this.chain(command.note)[0] !== p) return false
    const note = this.confirmed.note(command.note)
    if (note && !masked(note)) return p.loose === null
    // A note we can not see: let the server say so, unless it is only still to come.
    return !this.awaitsMine && !this.pending.some(other => creates(other, command.note))
  }

  // -- from the server --------------------------------------------------------------------

  welcome(message: Welcome): void {
    const stranger = this.me !== null && this.me.id !== message.seat.id
    this.me = message.seat
    this.welcomed = true
    this.askedSince = false
    if (stranger) {
      // What is kept here was seen with somebody else's eyes.
      this.replace(0, [])
      this.head = null
      this.since(0)
    }
    const changed = new Set<string>()
    this.acks(message.acks ?? [], changed)
    this.refresh(changed)
  }

  snapshot(message: Snapshot): void {
    this.askedSince = false
    this.awaitsMine = true
    const own = this.me?.id
    this.replace(
      message.head,
      message.records.map(record => {
        // Our own hidden note comes masked here and in full in `mine`: do not blink in between.
        if (record.kind !== 'note' || !record.hidden || record.author !== null) return record
        const before = this.confirmed.note(record.id)
        if (!before?.hidden || before.author === null || before.author !== own) return record
        if (before.turn !== null) return record // of a turn that may have been handed on since
        return {
          ...before,
          zone: record.zone,
          cluster: record.cluster,
          rank: record.rank,
          gone: record.gone,
        }
      }),
    )
  }

  mine(message: Mine): void {
    const changed = new Set<string>()
    this.passed()
    for (const record of message.records) {
      this.tell(null, [{ op: 'put', record }], changed)
    }
    this.refresh(changed)
  }

  frame(message: Frame): void {
    const changed = new Set<string>()
    this.passed()
    this.acks(message.acks ?? [], changed)
    if (this.head === null && message.from === 0) {
      this.confirmed.clear()
      this.head = 0
    }
    if (this.head === null || message.from > this.head) {
      this.since(this.head ?? 0)
    } else if (message.to > this.head) {
      this.askedSince = false
      for (const event of message.events) {
        if (event.seq <= this.head) continue
        this.event(event, changed)
        this.head = event.seq
      }
      this.head = message.to
      this.settle(changed)
    }
    this.refresh(changed)
  }

  /** Something came after a snapshot: if there was a `mine`, it has been here. */
  passed(): void {
    this.awaitsMine = false
  }

  private since(head: number): void {
    if (this.askedSince) return
    this.askedSince = true
    this.out.send.push({ t: 'since', head })
  }

  private acks(acks: readonly Ack[], changed: Set<string>): void {
    for (const [name, seq, code] of acks) {
      const p = this.byName.get(name)
      if (!p || p.seq !== null) continue
      if (code) this.refused(p, code, changed)
      else if (this.head !== null && seq <= this.head) this.withdraw(p, changed)
      else p.seq = seq
      this.mark(p)
      this.decided.add(name)
      this.out.remove.push(name)
      const note = noteOf(p.command)
      if (note !== null) this.rewrite.add(note) // what is behind it stands on another text now
    }
  }

  private event(event: Event, changed: Set<string>): void {
    let own: Pending | null = null
    for (const p of this.pending) if (p.seq === event.seq) own = p
    this.tell(own, event.change, changed)
    if (!own) return
    if (own.command.do === 'note.edit' && !event.change.some(op => op.op === 'text')) {
      this.takeFromChain(own) // it came to nothing at the server
    }
    this.remove(own)
    const note = noteOf(own.command)
    if (note) changed.add(keyOf('note', note))
  }

  /** Applies a change of the server to `confirmed`, and brings what we wrote over it. */
  private tell(own: Pending | null, change: Change, changed: Set<string>): void {
    for (const operation of change) {
      const id = textOf(operation)
      if (id !== null) this.bringOver(own, id, operation)
      const inverse = this.confirm(operation)
      if (own && inverse) this.remember(own.name, inverse)
    }
    for (const key of touched(change)) changed.add(key)
  }

  private confirm(operation: Operation): Change | null {
    try {
      return apply(this.confirmed, [operation])
    } catch {
      return null // of a newer server, or a field we do not know: the rest still counts
    }
  }

  private remember(name: string, inverse: Change): void {
    this.inverses.set(name, [...inverse, ...(this.inverses.get(name) ?? [])])
    if (this.inverses.size > UNDOABLE) {
      for (const oldest of this.inverses.keys()) {
        this.inverses.delete(oldest)
        break
      }
    }
  }

  /** A text changes under our edits of it: our own echo, or somebody else's words. */
  private bringOver(own: Pending | null, id: string, operation: Operation): void {
    const before = this.baseText(id)
    if (before === null) return
    const after = textAfter(before, operation)
    if (after === null) return
    let theirs = operation.op === 'text' ? operation.edit : text.diff(before, after)
    if (theirs.length === 0) return
    for (const [name, inverse] of this.inverses) {
      const moved = inverse.map(op =>
        op.op === 'text' && op.id === id
          ? { ...op, edit: text.transform(op.edit, theirs, 'right') }
          : op,
      )
      this.inverses.set(name, moved)
    }
    let chain = this.chain(id).filter(p => p.loose === null)
    if (own && chain.includes(own) && chain[0] !== own) {
      // Decided before what stands ahead of it here (another tab sent it): no longer between them.
      this.takeFromChain(own)
      chain = chain.filter(p => p !== own)
    }
    if (own && chain[0] === own) {
      chain.shift()
      if (!own.own) return
      // Another tab may have sent an earlier version of this edit: what is lacking is asked anew.
      const lacking = text.diff(after, tryApply(before, editOf(own)) ?? after)
      if (lacking.length > 0) this.insertAfter(own, id, lacking, after)
      return
    }
    for (const p of chain) {
      const mine = editOf(p)
      setEdit(p, text.transform(mine, theirs, 'right'))
      theirs = text.transform(theirs, mine, 'left')
    }
  }

  private insertAfter(own: Pending, note: string, edit: Edit, on: string): void {
    const behind = this.chain(note).find(p => p !== own && p.loose === null)
    if (behind?.own && !behind.ever) {
      setEdit(behind, text.compose(edit, editOf(behind)))
      return
    }
    const command: AnyCommand = { do: 'note.edit', note, base: this.head ?? 0, edit }
    const p = this.enlist(command, own.at, own.order)
    this.pending.pop()
    this.pending.splice(this.pending.indexOf(own) + 1, 0, p)
    const written = this.out.write[this.out.write.length - 1]
    if (written) written.on = on
  }

  /** After the events of a message: commands whose event has passed are done. */
  private settle(changed: Set<string>): void {
    for (const p of [...this.pending]) {
      if (p.seq !== null && this.head !== null && p.seq <= this.head) this.withdraw(p, changed)
    }
    this.fit()
  }

  /** A command whose effect is in `confirmed` already, or never will be, without an echo to match. */
  private withdraw(p: Pending, changed: Set<string>): void {
    this.takeFromChain(p)
    this.remove(p)
    const note = noteOf(p.command)
    if (note) changed.add(keyOf('note', note))
  }

  /** The edits behind `p` were made with it; bring them to the text without it. */
  private takeFromChain(p: Pending): void {
    if (p.command.do !== 'note.edit' || p.loose !== null) return
    const chain = this.chain(p.command.note)
    const texts = this.textsOf(p.command.note, chain)
    const at = chain.indexOf(p)
    const on = texts[at]
    if (on === undefined || on === null) return
    if (tryApply(on, p.command.edit) === null) return
    let undone = text.invert(on, p.command.edit)
    for (const later of chain.slice(at + 1)) {
      if (later.loose !== null) break
      const mine = editOf(later)
      setEdit(later, text.transform(mine, undone, 'right'))
      undone = text.transform(undone, mine, 'left')
    }
  }

  private refused(p: Pending, code: RefusalCode, changed: Set<string>): void {
    const { command } = p
    const note = noteOf(command)
    this.lastEdit.delete(note ?? '')
    if (command.do === 'note.create') {
      if (code === 'exists' && this.confirmed.note(command.note)) {
        this.withdraw(p, changed)
        return
      }
      if (code === 'wrong_device') {
        this.rename(p)
        return
      }
      const words = this.shown.note(command.note)?.text ?? command.text
      this.unplacedNotes.add(command.note)
      this.withdraw(p, changed)
      for (const other of [...this.pending]) {
        if (noteOf(other.command) !== command.note || other.sent) continue
        this.remove(other)
        this.out.remove.push(other.name)
      }
      this.out.refused.push({ id: p.name, code, command: { ...command, text: words }, text: words })
      return
    }
    if (command.do === 'note.edit') {
      // The words as they would have been: with this edit, and all that was typed on after it.
      const words =
        this.shown.note(command.note)?.text ?? tryApply(p.loose ?? p.drawnOn ?? '', command.edit)
      this.withdraw(p, changed)
      if (!this.unplacedNotes.has(command.note)) {
        this.out.refused.push({ id: p.name, code, command, text: words })
      }
      return
    }
    this.withdraw(p, changed)
    if (note !== null && code === 'unknown' && this.unplacedNotes.has(note)) return
    const words = command.do === 'cluster.name' ? command.title : null
    this.out.refused.push({ id: p.name, code, command, text: words })
  }

  /** The same command under a new name: the old name belongs to a device of another seat. */
  private rename(p: Pending): void {
    const at = this.pending.indexOf(p)
    const again = this.enlist(p.command, p.at, p.order)
    this.pending.pop()
    this.pending[at] = again
    this.byName.delete(p.name)
    this.out.renamed.push([p.name, again.name])
  }

  private remove(p: Pending): void {
    const at = this.pending.indexOf(p)
    if (at >= 0) this.pending.splice(at, 1)
    this.byName.delete(p.name)
    this.mark(p)
  }

  private mark(p: Pending): void {
    const note = noteOf(p.command)
    if (note) this.out.marks.add(note)
  }

  // -- a whole new sprint -------------------------------------------------------------------

  private replace(head: number, records: readonly AnyRecord[]): void {
    const changed = new Set<string>()
    this.loosen()
    for (const record of this.confirmed) changed.add(keyOf(record.kind, record.id))
    this.confirmed.clear()
    for (const record of records) {
      this.confirmed.put(record)
      changed.add(keyOf(record.kind, record.id))
    }
    this.inverses.clear()
    this.head = head
    this.settle(changed)
    this.refresh(changed)
  }

  // -- chains of edits ------------------------------------------------------------------------

  private chain(note: string): Pending[] {
    return this.pending.filter(p => p.command.do === 'note.edit' && p.command.note === note)
  }

  /** The text at the start of a note's chain; null where we do not have it. */
  private baseText(id: string): string | null {
    const note = this.confirmed.note(id)
    if (note) return masked(note) ? null : note.text
    for (const { command } of this.pending) {
      if (command.do === 'note.create' && command.note === id) return command.text
    }
    return null
  }

  /** The text each edit of a chain stands on; null from where it is not known. */
  private textsOf(note: string, chain: readonly Pending[]): (string | null)[] {
    let current = this.baseText(note)
    return chain.map(p => {
      const on = p.loose === null ? current : null
      current = on === null ? null : tryApply(on, editOf(p))
      return on
    })
  }

  /** The trail is lost: every edit remembers the text it was made on. */
  private loosen(): void {
    const notes = new Set<string>()
    for (const { command } of this.pending) if (command.do === 'note.edit') notes.add(command.note)
    for (const note of notes) {
      const chain = this.chain(note)
      const texts = this.textsOf(note, chain)
      chain.forEach((p, index) => {
        if (p.loose === null) p.loose = texts[index] ?? p.drawnOn ?? ''
      })
    }
  }

  /** Fits loose edits to the text as it is now, where everything before them is settled. */
  private fit(): void {
    const current = new Map<string, string | null>()
    for (const p of this.pending) {
      const { command } = p
      if (command.do === 'undo') {
        for (const op of this.inverseOf(command.of)) {
          if (op.op === 'text') current.set(op.id, null) // not settled: what comes after it waits
        }
      }
      if (command.do !== 'note.edit') continue
      let before = current.get(command.note)
      if (before === undefined) before = this.baseText(command.note)
      if (before !== null && p.loose !== null) {
        setEdit(p, refit(command.edit, p.loose, before))
        p.loose = null
      } else if (before !== null && !p.sent && tryApply(before, command.edit) === null) {
        setEdit(p, salvage(command.edit, before))
      }
      current.set(
        command.note,
        before === null || p.loose !== null ? null : tryApply(before, editOf(p)),
      )
    }
  }

  /** The last pending command that writes on a note's text. */
  private lastOnText(note: string): Pending | null {
    for (let at = this.pending.length - 1; at >= 0; at--) {
      const p = this.pending[at] as Pending
      if (p.command.do === 'note.edit' && p.command.note === note) return p
      if (p.command.do === 'undo' && this.undoes(p.command.of, note)) return p
    }
    return null
  }

  private undoneBefore(note: string): boolean {
    return this.pending.some(p => p.command.do === 'undo' && this.undoes(p.command.of, note))
  }

  private undoes(name: string, note: string): boolean {
    return this.inverseOf(name).some(op => op.op === 'text' && op.id === note)
  }

  private inverseOf(name: string): Change {
    return this.inverses.get(name) ?? this.laidInverses.get(name)?.change ?? []
  }

  /** An edit in as few parts as the wire allows. */
  private short(on: string, edit: Edit): Edit {
    if (edit.length <= PARTS) return edit
    const after = tryApply(on, edit)
    return after === null ? edit : text.diff(on, after)
  }

  // -- showing ----------------------------------------------------------------------------

  /** `confirmed` changed at these addresses: lay the predictions over it again. */
  private refresh(changed: Set<string>): void {
    this.fit()
    const old = new Set(this.overlay)
    for (const key of changed) old.add(key)
    for (const key of old) {
      this.copy(key)
      this.out.changed.add(key)
    }
    this.overlay.clear()
    this.laid = []
    this.laidInverses = new Map()
    for (const p of this.pending) this.lay(p)
    if (this.rewrite.size === 0) return
    for (const p of this.pending) {
      if (p.command.do === 'note.edit' && p.seq === null && this.rewrite.has(p.command.note)) {
        this.out.write.push(this.entry(p))
      }
    }
    this.rewrite.clear()
  }

  private copy(key: string): void {
    const at = key.indexOf(':')
    const kind = key.slice(0, at) as AnyRecord['kind']
    const id = key.slice(at + 1)
    const now = this.confirmed.find(kind, id)
    if (now === this.shown.find(kind, id)) return
    if (now) this.shown.put(now)
    else this.shown.drop(kind, id)
  }

  /** Lays one prediction over what is shown. One that does not fit is left out. */
  private lay(p: Pending): void {
    let change: Change | null
    let inverse: Change
    try {
      change = this.predicted(p)
      if (!change || change.length === 0) return
      inverse = apply(this.shown, change)
    } catch {
      return
    }
    for (const operation of change) {
      if (operation.op === 'text') this.laid.push({ note: operation.id, edit: operation.edit })
    }
    this.laidInverses.set(p.name, { from: this.laid.length, change: inverse })
    for (const key of touched(change)) {
      this.overlay.add(key)
      this.out.changed.add(key)
    }
  }

  private predicted(p: Pending): Change | null {
    const { command } = p
    if (command.do === 'undo') return this.predictUndo(command.of)
    if (command.do === 'place.turn' || command.do === 'place.stand') {
      const change = predict(this.shown, command, this.seat, p.at)
      const handed = change?.some(op => 'set' in op && 'turn' in op.set)
      return handed && change ? [...closedTurn(this.shown, this.seat), ...change] : change
    }
    if (command.do !== 'note.edit') return predict(this.shown, command, this.seat, p.at)
    const note: Note | undefined = this.shown.note(command.note)
    if (!note || masked(note)) return null
    p.drawnOn = note.text
    p.drawn = p.loose === null ? command.edit : refit(command.edit, p.loose, note.text)
    return predict(this.shown, { ...command, edit: p.drawn }, this.seat, p.at)
  }

  private predictUndo(of: string): Change | null {
    const laid = this.laidInverses.get(of)
    const inverse = laid?.change ?? this.inverses.get(of)
    if (!inverse) return null
    const since = this.laid.slice(laid?.from ?? 0)
    const change: Change = []
    for (const op of inverse) {
      if (op.op === 'drop') {
        if (op.kind !== 'note' && op.kind !== 'cluster') return null
        change.push({ op: 'patch', kind: op.kind, id: op.id, set: { gone: true } })
      } else if (op.op === 'text') {
        let { edit } = op
        for (const later of since) {
          if (later.note === op.id) edit = text.transform(edit, later.edit, 'right')
        }
        change.push({ ...op, edit })
      } else {
        change.push(op)
      }
    }
    return change
  }
}

/** A hidden note of somebody else: we have the record without the words. */
function masked(note: Note): boolean {
  return note.hidden && note.author === null
}

function editOf(p: Pending): Edit {
  return p.command.do === 'note.edit' ? p.command.edit : []
}

function creates(p: Pending, note: string): boolean {
  return p.command.do === 'note.create' && p.command.note === note
}

function setEdit(p: Pending, edit: Edit): void {
  if (p.command.do === 'note.edit') p.command = { ...p.command, edit }
}

/** The note whose text an operation may change. */
function textOf(operation: Operation): string | null {
  switch (operation.op) {
    case 'text':
      return operation.id
    case 'put':
      return operation.record.kind === 'note' ? operation.record.id : null
    case 'patch':
      return operation.kind === 'note' && 'text' in operation.set ? operation.id : null
    default:
      return null
  }
}

function textAfter(before: string, operation: Operation): string | null {
  if (operation.op === 'text') return tryApply(before, operation.edit)
  if (operation.op === 'put' && operation.record.kind === 'note') return operation.record.text
  if (operation.op === 'patch') return String(operation.set.text)
  return null
}

function tryApply(before: string, edit: Edit): string | null {
  try {
    return text.apply(before, edit)
  } catch {
    return null
  }
}

/** An edit made on `on`, as it reads on `now`. */
function refit(edit: Edit, on: string, now: string): Edit {
  const moved = on === now ? edit : text.transform(edit, text.diff(on, now), 'right')
  return tryApply(now, moved) === null ? salvage(edit, now) : moved
}

/** An edit that does not fit: the words that were put in go at the end, rather than nowhere. */
function salvage(edit: Edit, now: string): Edit {
  const words = edit.filter(part => typeof part === 'string').join('')
  return text.normal([text.count(now), words])
}
