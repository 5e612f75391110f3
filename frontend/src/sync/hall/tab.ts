// For tests: one browser tab without a browser. An engine, a disk that survives it, and a wire that
// can be cut, slow, or lose what is on it.

import { deviceOf, Engine, type Entry, type Kept, type Refusal } from '../engine'
import type { AnyCommand, ClientMessage, ServerMessage } from '../protocol'
import type { Connection, StubServer } from './server'

/** What IndexedDB would hold. Tabs of one person share it. */
export class Disk {
  readonly outbox = new Map<string, Entry>()
  readonly alive = new Set<string>() // devices of the tabs that are open
  kept: Kept | null = null

  /** What nobody else looks after. */
  entries(): Entry[] {
    const left = [...this.outbox.values()].filter(entry => !this.alive.has(deviceOf(entry.name)))
    return structuredClone(left).sort((a, b) => a.order - b.order)
  }
}

let devices = 0

export class Tab {
  readonly engine: Engine
  readonly refused: Refusal[] = []
  connection: Connection | null = null
  private readonly up: ClientMessage[] = [] // on their way to the server
  now = 1

  constructor(
    readonly server: StubServer,
    readonly seat: string,
    readonly disk = new Disk(),
  ) {
    devices += 1
    this.engine = new Engine(`device${devices}`)
    if (disk.kept) this.engine.restore(structuredClone(disk.kept))
    this.engine.adopt(disk.entries())
    this.disk.alive.add(this.engine.device)
    this.carryOut()
  }

  /** The tab is closed; what is on its way may still arrive. */
  close(arrives = 0): Disk {
    this.cut(arrives)
    this.disk.alive.delete(this.engine.device)
    return this.disk
  }

  connect(): this {
    this.cut()
    this.engine.adopt(this.disk.entries())
    this.connection = this.server.connect(this.seat)
    this.up.push(JSON.parse(JSON.stringify(this.engine.hello(false))))
    return this
  }

  /** The connection breaks. What was on its way is lost, unless it `arrives` first. */
  cut(arrives = 0): void {
    for (const message of this.up.splice(0, arrives)) this.connection?.receive(message)
    this.up.length = 0
    if (!this.connection) return
    this.server.leave(this.connection)
    this.connection = null
    this.engine.disconnected()
    this.carryOut()
  }

  ask(command: AnyCommand): string {
    const { name } = this.engine.ask(command, this.now++)
    this.carryOut()
    return name
  }

  write(note: string, words: string, zone = 'zone1'): string {
    return this.ask({ do: 'note.create', note, zone, text: words, step: 'stap' })
  }

  type(note: string, words: string): string | null {
    const p = this.engine.type(note, words, this.now++)
    this.carryOut()
    return p?.name ?? null
  }

  /** Hands over to the server up to so many messages that are on their way. */
  deliver(most = Number.POSITIVE_INFINITY): number {
    const messages = this.up.splice(0, Math.min(most, this.up.length))
    for (const message of messages) this.connection?.receive(message)
    return messages.length
  }

  /** Hears up to so many messages of the server. */
  hear(most = Number.POSITIVE_INFINITY): number {
    if (!this.connection) return 0
    const messages = this.connection.out.splice(0, Math.min(most, this.connection.out.length))
    for (const message of messages) this.receive(message)
    return messages.length
  }

  private receive(sent: ServerMessage): void {
    const message = JSON.parse(JSON.stringify(sent)) as ServerMessage
    if (message.t === 'welcome') this.engine.welcome(message)
    else if (message.t === 'snapshot') this.engine.snapshot(message)
    else if (message.t === 'mine') this.engine.mine(message)
    else if (message.t === 'frame') this.engine.frame(message)
    this.engine.passed()
    this.carryOut()
  }

  /** Keeps the sprint on the disk, as a page does now and then. */
  save(): void {
    const keepable = this.engine.keepable()
    if (!keepable) return
    this.disk.kept = structuredClone(keepable.kept)
    for (const entry of keepable.entries) this.disk.outbox.set(entry.name, structuredClone(entry))
  }

  private carryOut(): void {
    this.now += 1_000 // no pauses between edits
    const out = this.engine.take()
    for (const message of [...out.send, ...this.engine.next(this.now).send]) {
      if (this.connection) this.up.push(JSON.parse(JSON.stringify(message)))
    }
    for (const entry of out.write) this.disk.outbox.set(entry.name, structuredClone(entry))
    for (const name of out.remove) this.disk.outbox.delete(name)
    this.refused.push(...out.refused)
  }

  text(note: string): string | undefined {
    return this.engine.shown.note(note)?.text
  }
}

/** Lets everything that is on its way arrive, until it is quiet. */
export function settle(server: StubServer, ...tabs: Tab[]): void {
  for (let round = 0; round < 10_000; round++) {
    let moved = 0
    for (const tab of tabs) moved += tab.deliver()
    server.tick()
    for (const tab of tabs) moved += tab.hear()
    if (moved === 0) return
  }
  throw new Error('it never gets quiet')
}
