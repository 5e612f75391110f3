// What a screen talks to: one sprint, live. This file carries out what the engine asks for (socket,
// device, timers) and turns what is shown into fields that Svelte watches.
//
// * A note is one `NoteView` for as long as it is on the board; its fields are written one by one
//   and only where they differ, so that one moved note among 500 redraws one card.
// * Every other record stands on the shelf of its kind as it was told: `shelf('group')`.
// * What is shown is one board: the one that is on, or the one that staff looks at (`lookAt`).
// * The order within a zone or cluster is one array per container, replaced only where it changed.
// * A mark is about what is known: a strict transaction that completed, a socket that took it, an
//   acknowledgement. Being connected by itself marks nothing.

import { untrack } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { at } from '../below'
import {
  type AnyRecord,
  byRank,
  container,
  KINDS,
  type Note,
  type RecordOf,
  type Sprint,
} from '../sprint/sprint'
import { Clock } from './clock'
import {
  deviceOf,
  Engine,
  type Entry,
  noteOf,
  type Outcome,
  type Pending,
  type Refusal,
} from './engine'
import { type Batch, Keep } from './keep'
import type {
  AnyCommand,
  Board,
  Cluster,
  CreateNote,
  Device,
  Drag,
  Evening,
  Held,
  Kind,
  Me,
  Place,
  RefusalCode,
  Role,
  Round,
  ServerMessage,
  Stem,
  Step,
  Table,
  Tally,
  Wall,
  Zone,
} from './protocol'
import { Socket } from './socket'
import { UndoStacks, undoable } from './undo'

export type { Device, Drag } from './protocol'

/**
 * How safe a note is. `vluchtig`: this browser can not keep it. `apparaat`: kept on this device.
 * `onderweg`: being written down, or handed to an open socket. `bewaard`: the server kept it.
 */
export type Mark = 'vluchtig' | 'apparaat' | 'onderweg' | 'bewaard'

/** Understood and refused. The text, if there was one, is still here. */
export interface Unplaced {
  id: string
  code: RefusalCode
  command: AnyCommand
  text: string | null
}

/** What a note may hold besides its text, zone and voice. */
export type CreateNoteFields = Pick<
  CreateNote,
  'type' | 'fields' | 'about' | 'of' | 'kern' | 'origin' | 'card' | 'table'
>

type Shelves = { [K in Kind]: SvelteMap<string, RecordOf<K>> }

export interface LiveOptions {
  sprint: string
  role: Role
  /** Of the server, such as "http://192.168.1.5:8000"; the page's own where it is left out. */
  url?: string
}

const DRAFT_MS = 120 // reliability F25: on the disk within 150 ms after the last key
const SAVE_MS = 5_000 // the sprint as it was told: only for starting offline, so not often
const FIRST_SAVE_MS = 400 // a whole new copy is worth more, and the screen is drawn by then
const HERE_MS = 100 // limits.PRESENCE_PER_SECOND
const TYPING_MS = 5_000 // who typed nothing for so long is not typing
const TABS_MS = 120 // a tab that is awake answers within a few
const GONE_MS = 500 // what a page writes while it goes is on the disk by then
const GAP_MS = 5_000 // a gap that is not filled by then is filled by connecting anew

/** Between the tabs of one person: who is there? I am. I go. */
interface TabMessage {
  t: 'who' | 'here' | 'gone'
  device: string
}

export class NoteView {
  readonly kind = 'note'
  readonly id: string
  zone = $state('')
  cluster = $state<string | null>(null)
  rank = $state(0)
  text = $state('')
  author = $state<string | null>(null)
  stem = $state<string | null>(null)
  step = $state<string | null>(null)
  at = $state(0)
  hidden = $state(false)
  late = $state(false)
  gone = $state(false)
  literal = $state<string | null>(null)
  at_table = $state(false)
  table = $state<string | null>(null)
  turn = $state<number | null>(null)
  scribed = $state(false)
  type = $state('')
  fields = $state.raw<Note['fields']>({})
  about = $state<string | null>(null)
  of = $state.raw<string[]>([])
  origin = $state<Note['origin']>('')
  card = $state('')
  kern = $state<string | null>(null)
  domains = $state.raw<string[]>([])
  group = $state<string | null>(null)
  mark = $state<Mark>('bewaard')
  mine = $state(false)

  constructor(note: Note) {
    this.id = note.id
    this.take(note)
  }

  /** A field that stays the same wakes nobody. */
  take(note: Note): void {
    this.zone = note.zone
    this.cluster = note.cluster
    this.rank = note.rank
    this.text = note.text
    this.author = note.author
    this.stem = note.stem
    this.step = note.step
    this.at = note.at
    this.hidden = note.hidden
    this.late = note.late
    this.gone = note.gone
    this.literal = note.literal
    this.at_table = note.at_table
    this.table = note.table
    this.turn = note.turn
    this.scribed = note.scribed
    this.type = note.type
    this.fields = note.fields
    this.about = note.about
    this.of = note.of
    this.origin = note.origin
    this.card = note.card
    this.kern = note.kern
    this.domains = note.domains
    this.group = note.group
  }
}

export class ClusterView {
  readonly kind = 'cluster'
  readonly id: string
  zone = $state('')
  rank = $state(0)
  title = $state('')
  gone = $state(false)

  constructor(cluster: Cluster) {
    this.id = cluster.id
    this.take(cluster)
  }

  take(cluster: Cluster): void {
    this.zone = cluster.zone
    this.rank = cluster.rank
    this.title = cluster.title
    this.gone = cluster.gone
  }
}

export type ItemView = NoteView | ClusterView

const NOTHING: ItemView[] = []
/** Containers to order anew, and what came, went or moved in them. */
type Dirty = Map<string, Set<string>>
const MENDED_MOST = 16

export class Live {
  readonly sprint: string
  readonly role: Role

  // connection
  link = $state<'opening' | 'open' | 'weg'>('opening')
  trouble = $state(false)
  unsent = $state(0)
  canKeep = $state(true)
  ended = $state<number | null>(null)
  people = $state(0)
  devices = $state.raw<Device[]>([])
  me = $state.raw<Me | null>(null)
  ready = $state(false)

  // what is shown
  evening = $state.raw<Evening | null>(null)
  board = $state.raw<Board | null>(null)
  step = $state.raw<Step | null>(null)
  steps = $state.raw<Step[]>([])
  zones = $state.raw<Zone[]>([])
  stems = $state.raw<Stem[]>([])
  /** All steps of all boards, in the order of the evening. */
  plan = $state.raw<Step[]>([])
  place = $state.raw<Place | null>(null)
  table = $state.raw<Table | null>(null)
  wall = $state.raw<Wall | null>(null)
  tally = $state.raw<Tally | null>(null)
  /** The round that is open, or else the last one that was closed. */
  round = $state.raw<Round | null>(null)
  /** Of all boards, also what lies in the bin. */
  readonly everyNote = new SvelteMap<string, NoteView>()
  /** Of the board that is looked at. */
  readonly notes = new SvelteMap<string, NoteView>()
  readonly clusters = new SvelteMap<string, ClusterView>()
  mine = $state.raw<NoteView[]>([])
  unplaced = $state.raw<Unplaced[]>([])
  readonly drags = new SvelteMap<string, Drag>()
  readonly typing = new SvelteMap<string, number>()
  canUndo = $state(false)
  canRedo = $state(false)

  private readonly engine: Engine
  private readonly keep: Keep
  private readonly socket: Socket
  private readonly clock = new Clock()
  private readonly stacks = new UndoStacks()
  private readonly shelves = Object.fromEntries(
    KINDS.map(kind => [kind, new SvelteMap()]),
  ) as unknown as Shelves
  private looked: string | null = null
  private erased = false
  private readonly places = new SvelteMap<string, ItemView[]>()
  private readonly lying = new Map<string, string>() // where a view lies, as the places know it
  private readonly drafts = new Map<string, string>()
  private readonly unwritten = new Set<string>() // drafts
  private readonly held = new Map<string, Held>()
  private myKey = ''
  private drag: Drag | null = null
  private typed: string | null = null
  private hereAt = 0
  private toldUnsent = 0
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly unlisten: (() => void)[] = []
  private others: BroadcastChannel | null = null
  private started = false
  private stopped = false
  private reading = true // the outbox is read again before anything in it is sent

  constructor({ sprint, role, url }: LiveOptions) {
    this.sprint = sprint
    this.role = role
    this.engine = new Engine(randomId(), role)
    this.keep = new Keep(`${sprint}/${role}`)
    const base = (url ?? globalThis.location?.origin ?? '').replace(/^http/, 'ws')
    this.socket = new Socket(`${base}${at('/ws')}/${sprint}/${role}`, {
      hello: gzip => {
        const hello = this.engine.hello(gzip)
        this.toldUnsent = hello.unsent ?? 0
        return hello
      },
      message: message => this.receive(message),
      up: () => this.up(),
      down: () => this.down(),
      ended: code => {
        this.ended = code
        this.link = 'weg'
      },
    })
  }

  /** Shows what this device kept, takes over what waits in the outbox, and connects. */
  async start(): Promise<void> {
    if (this.started) return
    this.started = true
    this.stopped = false
    await this.keep.open()
    this.canKeep = this.keep.canKeep
    const { refused, kept } = await this.keep.load()
    if (kept && this.engine.head === null) this.engine.restore(kept)
    this.unplaced = [...refused, ...this.unplaced]
    this.pump()
    if (this.stopped) return
    this.listen()
    await this.adopt()
    if (!this.stopped) this.socket.start()
  }

  stop(): void {
    if (!this.started) return
    this.started = false
    this.stopped = true
    this.saveAll()
    this.socket.stop()
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
    for (const unlisten of this.unlisten.splice(0)) unlisten()
    this.others?.close()
    this.others = null
  }

  /** The server's clock, in milliseconds. */
  now(): number {
    return this.clock.now()
  }

  /** What lies in a zone or cluster, in order, without the bin. Reactive per container. */
  items(place: string): ItemView[] {
    return this.places.get(place) ?? NOTHING
  }

  /** The records of a kind, of the whole sprint, by id: replaced where they change. Notes and
   * clusters have views instead. */
  shelf<K extends Kind>(kind: K): SvelteMap<string, RecordOf<K>> {
    return this.shelves[kind]
  }

  /** Looks at another board than the one that is on (null: at that one). `step` stays the one that is on. */
  lookAt(board: string | null): void {
    if (this.looked === board) return
    this.looked = board
    untrack(() => this.show({ changed: new Set(), marks: new Set() }, true))
  }

  /** Puts a refusal away for good. */
  forget(id: string): void {
    this.unplaced = this.unplaced.filter(refusal => refusal.id !== id)
    void this.keep.write({ refused: [[id, null]] })
  }

  // -- asking -------------------------------------------------------------------------------

  /** A new note. Resolves with its id once this device (or, where it can not keep, nobody yet) has
   * it; the draft it was written in goes in the same transaction. */
  async write(
    text: string,
    zone: string,
    stem: string | null,
    draftKey?: string,
    more: Partial<CreateNoteFields> = {},
  ): Promise<string> {
    const note = randomId()
    const command: AnyCommand = {
      do: 'note.create',
      note,
      zone,
      text: text.normalize('NFC'),
      stem,
      step: this.engine.shown.stepOn?.id ?? null,
      ...more,
    }
    this.enlist(command)
    const drafts: Batch['drafts'] = draftKey === undefined ? [] : [[draftKey, null]]
    if (draftKey !== undefined) {
      this.drafts.set(draftKey, '')
      this.unwritten.delete(draftKey)
    }
    await this.pump({ drafts })
    return note
  }

  /** Any other command. Resolves with its name once this device has it. */
  async ask(command: AnyCommand): Promise<string> {
    const { name } = this.enlist(command)
    await this.pump()
    return name
  }

  /** The text field of a note reads `text` now. */
  typeInNote(note: string, text: string): void {
    if (/[\uD800-\uDFFF]/u.test(text)) return // half a character: the other half is coming
    const pending = this.engine.type(note, text, this.now(), Date.now())
    if (!pending) return
    this.stacks.did(pending.name)
    this.typingIn(note)
    void this.pump()
  }

  undo(): void {
    this.stacks.undo(of => this.engine.ask({ do: 'undo', of }, this.now(), Date.now()).name)
    void this.pump()
  }

  redo(): void {
    this.stacks.redo(of => this.engine.ask({ do: 'undo', of }, this.now(), Date.now()).name)
    void this.pump()
  }

  private enlist(command: AnyCommand): Pending {
    // What the one before did is not the next one's to take back.
    if (command.do === 'place.turn') this.stacks.clear()
    const pending = this.engine.ask(command, this.now(), Date.now())
    if (undoable(command)) this.stacks.did(pending.name)
    return pending
  }

  // -- the fleeting -------------------------------------------------------------------------

  /** A note is in my hand (null: no longer). */
  hold(drag: Drag | null): void {
    this.drag = drag && {
      ...drag,
      x: thousandth(drag.x),
      y: thousandth(drag.y),
    }
    this.here()
  }

  /** I am typing in a note (null: no longer). */
  typingIn(note: string | null): void {
    const same = this.typed === note
    this.typed = note
    this.cancel('typing')
    if (note !== null) this.later('typing', TYPING_MS, () => this.typingIn(null))
    if (!same) this.here()
  }

  private here(): void {
    if (this.timers.has('here')) return
    const wait = Math.max(0, this.hereAt + HERE_MS - Date.now())
    const tell = () => {
      this.hereAt = Date.now()
      const unsent = this.engine.unsent
      if (this.socket.send({ t: 'here', drag: this.drag, typing: this.typed, unsent })) {
        this.toldUnsent = unsent
      }
    }
    if (wait === 0) tell()
    else this.later('here', wait, tell)
  }

  private there(who: { [key: string]: Held | null }): void {
    for (const [key, held] of Object.entries(who)) {
      if (key === this.myKey) continue
      if (held) this.held.set(key, held)
      else this.held.delete(key)
    }
    const drags = new Map<string, Drag>()
    const typing = new Map<string, number>()
    for (const { drag, typing: note } of this.held.values()) {
      if (drag) drags.set(drag.note, drag)
      if (note) typing.set(note, (typing.get(note) ?? 0) + 1)
    }
    renew(this.drags, drags)
    renew(this.typing, typing)
  }

  // -- drafts -------------------------------------------------------------------------------

  async draft(key: string): Promise<string> {
    const here = this.drafts.get(key)
    if (here !== undefined) return here
    const kept = await this.keep.draft(key)
    return this.drafts.get(key) ?? kept
  }

  keepDraft(key: string, text: string): void {
    this.drafts.set(key, text)
    this.unwritten.add(key)
    if (!this.timers.has('drafts')) this.later('drafts', DRAFT_MS, () => this.saveDrafts())
  }

  private saveDrafts(): void {
    this.cancel('drafts')
    if (this.unwritten.size === 0) return
    const drafts = [...this.unwritten].map((key): [string, string] => [
      key,
      this.drafts.get(key) ?? '',
    ])
    this.unwritten.clear()
    void this.keepBatch({ drafts })
  }

  /** After *Sluit af*: takes everything of this sprint off this device; the connection stays, and
   * nothing is kept here any more. */
  async erase(): Promise<void> {
    this.erased = true
    for (const name of ['save', 'drafts']) this.cancel(name)
    this.drafts.clear()
    this.unwritten.clear()
    this.unplaced = []
    await this.keep.wipe()
  }

  /** Texts that were being written here and never became a note. */
  async leftOver(): Promise<string[]> {
    this.saveDrafts()
    return (await this.keep.allDrafts()).filter(text => text.trim() !== '')
  }

  /** Takes everything of this sprint off this device, and stops. */
  async wipe(): Promise<void> {
    this.stop()
    this.drafts.clear()
    this.unplaced = []
    await this.keep.wipe()
  }

  // -- the server ---------------------------------------------------------------------------

  private receive(message: ServerMessage): void {
    const { engine } = this
    switch (message.t) {
      case 'welcome':
        this.clock.hint(message.now)
        this.myKey = message.who
        engine.welcome(message)
        this.me = engine.me
        break
      case 'snapshot':
        engine.snapshot(message)
        break
      case 'mine':
        engine.mine(message)
        break
      case 'frame':
        engine.frame(message)
        break
      case 'there':
        engine.passed()
        this.there(message.who)
        return
      case 'people':
        engine.passed()
        this.people = message.count
        break
      case 'devices':
        this.devices = message.devices
        return
      case 'trouble':
        this.trouble = message.on
        return
      case 'pong':
        this.clock.heard(message.at, message.now)
        return
      case 'bad':
        console.warn('the server could not read a message', message.why)
        return
      default:
        return // of a newer server
    }
    void this.pump()
    if (message.t === 'snapshot') this.later('save', FIRST_SAVE_MS, () => this.save())
    else if (!this.timers.has('save')) this.later('save', SAVE_MS, () => this.save())
    if (engine.gapped) {
      if (!this.timers.has('gap')) this.later('gap', GAP_MS, () => this.socket.again(0))
    } else this.cancel('gap')
  }

  private up(): void {
    this.link = 'open'
    this.ended = null
    if (this.drag || this.typed) this.here()
    void this.adopt().then(() => {
      if (this.link !== 'open') return
      this.reading = false
      void this.pump()
    })
  }

  private down(): void {
    this.link = 'weg'
    this.trouble = false
    this.held.clear()
    this.there({})
    this.cancel('gap')
    this.reading = true
    this.engine.disconnected()
    void this.pump()
  }

  /** What closed tabs left behind in the outbox is sent from here, under its own names. */
  private async adopt(): Promise<void> {
    const { device } = this.engine
    const left = async () =>
      (await this.keep.outbox()).filter(entry => deviceOf(entry.name) !== device)
    if ((await left()).length === 0) return
    const open = await this.openTabs()
    if ((await left()).some(({ command }) => command.do.startsWith('place.'))) {
      // A turn that was handed on without a network stays closed after the page is loaded again.
      await import('../sprint/predict_later').catch(() => {})
    }
    this.engine.adopt((await left()).filter(entry => !open.has(deviceOf(entry.name))))
    await this.pump()
  }

  /** The devices of the other tabs of this sprint and role. A sleeping one does not answer. */
  private async openTabs(): Promise<Set<string>> {
    const open = new Set<string>()
    const { others } = this
    if (!others) return open
    const hear = ({ data }: MessageEvent<TabMessage>) => {
      if (data.t === 'here') open.add(data.device)
    }
    others.addEventListener('message', hear)
    others.postMessage({ t: 'who', device: this.engine.device } satisfies TabMessage)
    await new Promise(resolve => setTimeout(resolve, TABS_MS))
    others.removeEventListener('message', hear)
    return open
  }

  // -- the device ---------------------------------------------------------------------------

  /** Carries out what the engine asks for. Resolves when what it wrote is on this device. */
  private pump(extra: Batch = {}): Promise<boolean> {
    const out = this.engine.take()
    for (const message of out.send) this.socket.send(message)
    const { send, again } = this.reading ? { send: [], again: null } : this.engine.next(this.now())
    for (const message of send) {
      if (!this.socket.send(message)) {
        this.engine.disconnected()
        break
      }
    }
    if (again !== null) this.later('next', again - this.now(), () => void this.pump())
    const after = this.engine.take()
    for (const note of after.marks) out.marks.add(note)
    for (const key of after.changed) out.changed.add(key)
    untrack(() => {
      this.show(out)
      this.refusals(out)
    })
    const batch: Batch = {
      ...extra,
      outbox: [...out.write, ...after.write].map((entry): [string, Entry | null] => [
        entry.name,
        entry,
      ]),
      refused: out.refused.map((refusal): [string, Refusal] => [refusal.id, refusal]),
    }
    for (const name of out.remove) batch.outbox?.push([name, null])
    const empty = !batch.outbox?.length && !batch.refused?.length && !batch.drafts?.length
    return empty ? Promise.resolve(true) : this.keepBatch(batch)
  }

  private async keepBatch(batch: Batch): Promise<boolean> {
    const kept = await this.keep.write(batch)
    this.canKeep = this.keep.canKeep
    const names = new Set<string>()
    for (const [name, entry] of batch.outbox ?? []) if (entry) names.add(name)
    if (kept) {
      // A write that succeeds takes along what could not be kept before.
      for (const p of this.engine.pending) if (p.safety === 'cannot') names.add(p.name)
    }
    this.engine.settleSafety(names, kept ? 'kept' : 'cannot')
    this.marks(this.engine.take().marks)
    return kept
  }

  private refusals({ refused, renamed }: Outcome): void {
    for (const [from, to] of renamed) this.stacks.rename(from, to)
    for (const refusal of refused) {
      this.stacks.forget(refusal.id)
      const note = refusal.command.do === 'note.edit' ? refusal.command.note : null
      const others = this.unplaced.filter(old => {
        // Of one note's text only the last is kept: it holds everything that was typed.
        const replaced =
          note !== null && old.command.do === 'note.edit' && old.command.note === note
        if (replaced) void this.keep.write({ refused: [[old.id, null]] })
        return !replaced
      })
      this.unplaced = [...others, refusal]
    }
    this.canUndo = this.stacks.canUndo
    this.canRedo = this.stacks.canRedo
    this.unsent = this.engine.unsent
    if (this.unsent !== this.toldUnsent && this.link === 'open') this.tellUnsent()
  }

  /** The begeleider sees how much waits; once a second is often enough. */
  private tellUnsent(): void {
    if (this.timers.has('unsent')) return
    this.later('unsent', 1_000, () => {
      if (this.engine.unsent !== this.toldUnsent) this.here()
    })
  }

  /** The sprint as it was told, and in the same transaction the edits as they fit it. */
  private save(): void {
    this.cancel('save')
    if (this.erased) return
    const keepable = this.engine.keepable()
    if (!keepable) return
    void this.keepBatch({
      kept: keepable.kept,
      outbox: keepable.entries.map((entry): [string, Entry | null] => [entry.name, entry]),
    })
  }

  private saveAll(): void {
    this.saveDrafts()
    if (this.timers.has('save')) this.save()
  }

  private listen(): void {
    const on = (target: EventTarget, type: string, act: () => void) => {
      target.addEventListener(type, act)
      this.unlisten.push(() => target.removeEventListener(type, act))
    }
    on(window, 'online', () => this.socket.wake())
    on(window, 'offline', () => this.socket.wake(true))
    on(window, 'pageshow', () => {
      this.engine.freeze()
      this.socket.wake()
    })
    on(document, 'visibilitychange', () => {
      if (document.visibilityState !== 'visible') {
        this.saveAll()
        return
      }
      this.engine.freeze()
      this.socket.wake()
    })
    const tell = (t: TabMessage['t']) => {
      const message: TabMessage = { t, device: this.engine.device }
      this.others?.postMessage(message)
    }
    on(window, 'pagehide', () => {
      this.saveAll()
      tell('gone')
    })
    if (typeof BroadcastChannel === 'undefined') return
    this.others = new BroadcastChannel(`opgavebord ${this.sprint}/${this.role}`)
    this.others.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
      if (data.t === 'who') tell('here')
      if (data.t === 'gone') this.later('adopt', GONE_MS, () => void this.adopt())
    })
  }

  /** Runs once after a while; asked again before that, it starts waiting anew. */
  private later(name: string, ms: number, act: () => void): void {
    this.cancel(name)
    if (this.stopped) return
    const timer = setTimeout(
      () => {
        this.timers.delete(name)
        act()
      },
      Math.max(0, ms),
    )
    this.timers.set(name, timer)
  }

  private cancel(name: string): void {
    clearTimeout(this.timers.get(name))
    this.timers.delete(name)
  }

  // -- showing ------------------------------------------------------------------------------

  private show(out: Pick<Outcome, 'changed' | 'marks'>, anew = false): void {
    const { shown } = this.engine
    const ids = new Set<string>()
    const dirty: Dirty = new Map()
    let stage = anew || this.me !== this.engine.me
    let mine = false
    if (stage) this.me = this.engine.me
    for (const key of out.changed) {
      const at = key.indexOf(':')
      const kind = key.slice(0, at) as Kind
      const id = key.slice(at + 1)
      if (kind === 'note' || kind === 'cluster') ids.add(id)
      else {
        this.showRecord(kind, id, shown.find(kind, id))
        stage = true
      }
    }
    const board = this.board?.id ?? null
    if (stage) this.showStage(shown)
    if ((this.board?.id ?? null) !== board) {
      for (const shelf of [shown.records.note, shown.records.cluster]) {
        for (const id of shelf.keys()) ids.add(id)
      }
      for (const id of [...this.notes.keys(), ...this.clusters.keys()]) ids.add(id)
    }
    for (const id of ids) mine = this.showItem(shown, id, dirty) || mine
    this.marks(out.marks)
    for (const [place, moved] of dirty) this.showPlace(shown, place, moved)
    if (mine) this.showMine()
    if (!this.ready && this.engine.head !== null) this.ready = true
  }

  private showRecord(kind: Kind, id: string, record: AnyRecord | undefined): void {
    const shelf = this.shelves[kind] as SvelteMap<string, AnyRecord> | undefined
    if (!shelf) return // of a kind this page does not know
    if (record === undefined) shelf.delete(id)
    else if (shelf.get(id) !== record) shelf.set(id, record)
  }

  private showStage(shown: Sprint): void {
    const { records } = shown
    const evening = shown.evening ?? null
    const board = this.looked ?? evening?.board ?? null
    const ranks = new Map([...records.board.values()].map(({ id, rank }) => [id, rank]))
    this.evening = evening
    this.board = board ? (shown.find('board', board) ?? null) : null
    this.step = shown.stepOn ?? null
    this.plan = same(
      this.plan,
      [...records.step.values()].sort(
        (a, b) =>
          (ranks.get(a.board) ?? 0) - (ranks.get(b.board) ?? 0) ||
          (a.board < b.board ? -1 : a.board > b.board ? 1 : byRank(a, b)),
      ),
    )
    this.steps = same(
      this.steps,
      this.plan.filter(step => step.board === board),
    )
    this.zones = same(
      this.zones,
      [...records.zone.values()].filter(zone => zone.board === board).sort(byRank),
    )
    for (const { id } of this.zones) this.container(id)
    this.stems = same(this.stems, [...records.stem.values()].sort(byRank))
    this.place = shown.place(this.engine.seat.id) ?? null
    this.table = this.place?.table ? (records.table.get(this.place.table) ?? null) : null
    this.wall = records.wall.values().next().value ?? null
    this.tally = records.tally.values().next().value ?? null
    this.round = [...records.round.values()].reduce<Round | null>(newerRound, null)
  }

  /** Returns whether the list of my own notes may have changed. */
  private showItem(shown: Sprint, id: string, dirty: Dirty): boolean {
    const item = shown.item(id)
    const note = this.everyNote.get(id)
    const cluster = this.clusters.get(id)
    const old = this.lying.get(id)
    const on = item && this.board !== null && shown.zone(item.zone)?.board === this.board.id
    if (!item || !on) {
      const listed = this.notes.delete(id) && note?.mine === true
      soil(dirty, old, id)
      this.lying.delete(id)
      this.clusters.delete(id)
      if (item?.kind === 'note') this.showNote(item, note)
      else this.everyNote.delete(id)
      return listed
    }
    const place = item.gone ? undefined : container(item)
    const view = item.kind === 'note' ? note : cluster
    if (!view || place !== old || view.rank !== item.rank) {
      soil(dirty, old, id)
      soil(dirty, place, id)
      if (place === undefined) this.lying.delete(id)
      else this.lying.set(id, place)
    }
    if (item.kind === 'cluster') {
      if (cluster) cluster.take(item)
      else this.clusters.set(id, new ClusterView(item))
      this.container(id)
      return false
    }
    const listed = note && this.notes.has(id) ? note.mine && !note.gone : false
    const at = note?.at
    const now = this.showNote(item, note)
    if (!this.notes.has(id)) this.notes.set(id, now)
    return listed !== (now.mine && !item.gone) || (now.mine && at !== item.at)
  }

  private showNote(item: Note, known: NoteView | undefined): NoteView {
    const view = known ?? new NoteView(item)
    if (known) known.take(item)
    view.mine = item.author !== null && item.author === this.engine.seat.id
    if (!known) {
      view.mark = this.markOf(item.id)
      this.everyNote.set(item.id, view)
    }
    return view
  }

  /** Who asks for a key that is not in a SvelteMap is woken by every key; so every place is there. */
  private container(id: string): void {
    if (!this.places.has(id)) this.places.set(id, NOTHING)
  }

  /** One array per container. Where little moved it is mended, where much did it is made anew. */
  private showPlace(shown: Sprint, place: string, moved: ReadonlySet<string>): void {
    const before = this.places.get(place) ?? NOTHING
    let views: ItemView[]
    if (moved.size <= MENDED_MOST) {
      views = before.filter(view => !moved.has(view.id))
      for (const id of moved) {
        const view = this.lying.get(id) === place && this.view(id)
        if (view) views.splice(placeOf(view, views), 0, view)
      }
    } else {
      views = []
      for (const { id } of shown.items(place)) {
        const view = this.view(id)
        if (view) views.push(view)
      }
    }
    if (same(before, views) === views) this.places.set(place, views)
  }

  private view(id: string): ItemView | undefined {
    return this.everyNote.get(id) ?? this.clusters.get(id)
  }

  private showMine(): void {
    const mine = [...this.notes.values()].filter(note => note.mine && !note.gone)
    this.mine = same(
      this.mine,
      mine.sort((a, b) => b.at - a.at || b.rank - a.rank),
    )
  }

  private marks(notes: Iterable<string>): void {
    for (const id of notes) {
      const note = this.everyNote.get(id)
      if (note) note.mark = this.markOf(id)
    }
  }

  /** As safe as the least safe command about it. */
  private markOf(note: string): Mark {
    let least = 3
    for (const p of this.engine.pending) {
      if (p.seq === null && noteOf(p.command) === note) least = Math.min(least, safety(p))
    }
    return MARKS[least] as Mark
  }
}

const MARKS: readonly Mark[] = ['vluchtig', 'apparaat', 'onderweg', 'bewaard']

function safety(p: Pending): number {
  if (p.sent || p.safety === 'writing') return 2
  return p.safety === 'kept' ? 1 : 0
}

function soil(dirty: Dirty, place: string | undefined, id: string): void {
  if (place === undefined) return
  const moved = dirty.get(place)
  if (moved) moved.add(id)
  else dirty.set(place, new Set([id]))
}

/** Where in an ordered row something belongs. */
function placeOf(view: ItemView, row: readonly ItemView[]): number {
  let low = 0
  let high = row.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (byRank(row[middle] as ItemView, view) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function newerRound(best: Round | null, round: Round): Round {
  if (!best || (round.open && !best.open)) return round
  return round.open === best.open && round.at >= best.at ? round : best
}

/** The old array where the new one holds the same, so that nobody is woken for nothing. */
function same<T>(old: T[], now: T[]): T[] {
  return old.length === now.length && old.every((item, index) => item === now[index]) ? old : now
}

function renew<V>(map: SvelteMap<string, V>, now: Map<string, V>): void {
  for (const key of [...map.keys()]) if (!now.has(key)) map.delete(key)
  for (const [key, value] of now) if (map.get(key) !== value) map.set(key, value)
}

function thousandth(value: number): number {
  return Math.min(1000, Math.max(0, Math.round(value)))
}

/** 128 bits nobody else has, in 22 characters. Works without a secure context too. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 22)
}
