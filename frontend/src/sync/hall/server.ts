// For tests: a server in a page. It orders commands, answers by name, transforms text edits over
// the ones since their base, and tells everybody, like the real room does; rules, roles and sight
// it has none. Its decisions are the predictions, made on the true state.

import { apply } from '../../sprint/change'
import { predict } from '../../sprint/predict'
import { type AnyRecord, type Note, Sprint } from '../../sprint/sprint'
import * as text from '../../sprint/text'
import type {
  Ack,
  AnyCommand,
  Change,
  ClientMessage,
  Edit,
  Event,
  RefusalCode,
  ServerMessage,
} from '../protocol'

export class Connection {
  head = -1 // not welcomed yet
  readonly out: ServerMessage[] = []
  readonly acks: Ack[] = []

  constructor(
    readonly server: StubServer,
    readonly seat: string,
  ) {}

  receive(message: ClientMessage): void {
    this.server.receive(this, message)
  }
}

interface Done {
  seat: string
  seq: number
  inverse: Change
}

export class StubServer {
  readonly sprint = new Sprint()
  head = 0
  now = 1_000_000
  /** How many events the tail reaches back; further behind is a snapshot. */
  tail = Number.POSITIVE_INFINITY
  /** Refuses a command it would have accepted. */
  refuse: (command: AnyCommand, seat: string) => RefusalCode | null = () => null
  readonly events: Event[] = []
  readonly verdicts = new Map<string, Ack>()
  readonly connections = new Set<Connection>()

  private readonly texts = new Map<string, { seq: number; edit: Edit }[]>()
  private readonly done = new Map<string, Done>()

  constructor(records: readonly AnyRecord[] = founding()) {
    for (const record of records) this.sprint.put(record)
    this.happened(records.map(record => ({ op: 'put', record })))
  }

  connect(seat: string): Connection {
    const connection = new Connection(this, seat)
    this.connections.add(connection)
    return connection
  }

  leave(connection: Connection): void {
    this.connections.delete(connection)
  }

  receive(connection: Connection, message: ClientMessage): void {
    switch (message.t) {
      case 'hello': {
        const acks = (message.pending ?? [])
          .map(name => this.verdicts.get(name))
          .filter(ack => ack !== undefined)
        connection.out.push({
          t: 'welcome',
          v: 3,
          build: 'test',
          sprint: 's1',
          seat: { id: connection.seat, role: 'deelnemer' },
          who: 'w',
          head: this.head,
          now: this.now,
          acks,
        })
        this.bringUp(connection, message.head ?? null)
        break
      }
      case 'since':
        this.bringUp(connection, message.head)
        break
      case 'do':
        this.decide(connection, message.id, message.c)
        break
      case 'ping':
        connection.out.push({ t: 'pong', at: message.at, now: this.now })
    }
  }

  /** One frame for everybody who is behind or has an answer coming. */
  tick(): void {
    for (const connection of this.connections) {
      if (connection.head < 0) continue
      if (connection.head === this.head && connection.acks.length === 0) continue
      this.frame(connection, connection.head, connection.acks.splice(0))
    }
  }

  private bringUp(connection: Connection, head: number | null): void {
    if (head === null || this.head - head > this.tail) {
      connection.out.push({ t: 'snapshot', head: this.head, records: [...this.sprint] })
      connection.head = this.head
      return
    }
    this.frame(connection, head, [])
  }

  private frame(connection: Connection, from: number, acks: Ack[]): void {
    const events = this.events.filter(event => event.seq > from)
    connection.out.push({ t: 'frame', from, to: this.head, events, acks })
    connection.head = this.head
  }

  private decide(connection: Connection, name: string, command: AnyCommand): void {
    let verdict = this.verdicts.get(name)
    if (!verdict) {
      this.now += 1
      const code = this.refuse(command, connection.seat)
      const change = code ?? this.rule(connection.seat, command)
      if (typeof change === 'string') {
        this.head += 1
        verdict = [name, this.head, change]
      } else {
        const inverse = apply(this.sprint, change)
        this.happened(change)
        this.done.set(name, { seat: connection.seat, seq: this.head, inverse })
        verdict = [name, this.head]
      }
      this.verdicts.set(name, verdict)
    }
    for (const other of this.connections) {
      if (other.seat === connection.seat) other.acks.push(verdict)
    }
  }

  private rule(seat: string, command: AnyCommand): Change | RefusalCode {
    const who = { id: seat, role: 'deelnemer' } as const
    if (command.do === 'undo') return this.undo(seat, command.of)
    if (command.do === 'note.create' && this.sprint.item(command.note)) return 'exists'
    if (command.do !== 'note.edit') return predict(this.sprint, command, who, this.now) ?? 'unknown'
    const note = this.sprint.note(command.note)
    if (!note) return 'unknown'
    if (command.base > this.head) return 'bad_edit'
    let edit = text.normal(command.edit)
    const since = (this.texts.get(note.id) ?? []).filter(step => step.seq > command.base)
    for (const step of since) edit = text.transform(edit, step.edit, 'right')
    try {
      if (text.apply(note.text, edit) === note.text) return []
    } catch {
      return 'bad_edit'
    }
    return predict(this.sprint, { ...command, edit }, who, this.now) ?? 'unknown'
  }

  private undo(seat: string, of: string): Change | RefusalCode {
    const done = this.done.get(of)
    if (!done) return 'unknown'
    if (done.seat !== seat) return 'not_yours'
    const change: Change = []
    for (const op of done.inverse) {
      if (op.op === 'text') {
        let { edit } = op
        for (const step of this.texts.get(op.id) ?? []) {
          if (step.seq > done.seq) edit = text.transform(edit, step.edit, 'right')
        }
        if (edit.length > 0) change.push({ ...op, edit })
      } else if (op.op === 'drop') {
        if (op.kind !== 'note' && op.kind !== 'cluster') return 'unknown'
        change.push({ op: 'patch', kind: op.kind, id: op.id, set: { gone: true } })
      } else change.push(op)
    }
    return change
  }

  private happened(change: Change): void {
    this.head += 1
    this.events.push({ seq: this.head, at: this.now, change })
    for (const op of change) {
      if (op.op !== 'text') continue
      const steps = this.texts.get(op.id) ?? []
      steps.push({ seq: this.head, edit: op.edit })
      this.texts.set(op.id, steps)
    }
  }
}

/** A board with two zones and a step in which everything may be done. */
export function founding(): AnyRecord[] {
  const plain = { world: '', write: 'iedereen', type: '', source: '', tap: false } as const
  const zone = { kind: 'zone', board: 'bord', question: '', colour: 'wit', ...plain } as const
  return [
    {
      kind: 'sprint',
      id: 's1xx',
      title: 'Vitale kernen',
      question: 'Hoe?',
      number: 1,
      place: '',
      date: '',
      notice: '',
      board: 'bord',
      step: 'stap',
      timer_started: null,
      timer_ends: null,
      doors_open: true,
      code: '',
      token: '',
      source: '',
      level: '',
      fixed: [],
      free: [],
      goal: '',
      frozen: false,
      phase: 'open',
      bedoeling: null,
      answer_from: '',
      published: false,
      rehearsal: false,
      away: null,
    },
    {
      kind: 'board',
      id: 'bord',
      werkvorm: 'T2',
      title: 'Een dag',
      purpose: '',
      rank: 1,
      form: 'kolommen',
      types: [],
      fields: [],
      hints: [],
    },
    { ...zone, id: 'zone1', title: 'Ochtend', rank: 1 },
    { ...zone, id: 'zone2', title: 'Middag', rank: 2 },
    {
      kind: 'step',
      id: 'stap',
      board: 'bord',
      title: 'Vertel',
      instruction: '',
      minutes: 5,
      visible: 'zaal',
      may: ['schrijven', 'wijzigen', 'verplaatsen', 'groeperen'],
      scene: 'bord',
      rank: 1,
      visited: true,
      revealed: false,
      write: 'iedereen',
      input: ['eigen_telefoon'],
      late: 'direct',
      skipped: false,
      turn_seconds: 0,
    },
  ]
}

/** A note as it is when nobody said more about it. */
export const PLAIN: Note = {
  kind: 'note',
  id: 'note',
  zone: 'zone1',
  cluster: null,
  rank: 1,
  text: '',
  author: 'bram',
  stem: null,
  step: 'stap',
  at: 1,
  hidden: false,
  late: false,
  gone: false,
  literal: null,
  at_table: false,
  table: null,
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
  group: null,
}
