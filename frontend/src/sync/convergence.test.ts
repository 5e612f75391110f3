// Several tabs, one server, and everything a hall does to a network: a seed decides what happens.
// After peace has returned all see the same, nothing waits, and every character that was typed
// stands exactly once in its note, however often the page was reloaded and the answer got lost.

import { expect, test } from 'vitest'
import type { AnyRecord, Sprint } from '../sprint/sprint'
import { StubServer } from './hall/server'
import { Disk, settle, Tab } from './hall/tab'
import type { AnyCommand } from './protocol'

const SEEDS = 700
const STEPS = 120

/** mulberry32: small, and the same everywhere. */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function records(sprint: Sprint): AnyRecord[] {
  return [...sprint].sort((a, b) => (a.id < b.id ? -1 : 1))
}

class Evening {
  readonly server = new StubServer()
  readonly tabs: Tab[] = []
  readonly homes: { seat: string; disk: Disk }[] = []
  readonly typed = new Map<string, string>() // character → note
  readonly names: { tab: number; name: string }[] = []
  private notes = 0
  private characters = 0
  private readonly random: () => number
  private readonly onlyInserts: boolean

  constructor(readonly seed: number) {
    this.random = dice(seed)
    this.onlyInserts = seed % 2 === 0
    if (seed % 3 === 0) this.server.tail = 6
    const shared = new Disk()
    this.homes.push({ seat: 'anna', disk: shared }, { seat: 'bram', disk: new Disk() })
    this.homes.push({ seat: 'cato', disk: new Disk() })
    // A second tab of Anna: on the same disk, or on a device of her own.
    this.homes.push({ seat: 'anna', disk: seed % 5 === 0 ? shared : new Disk() })
    for (const { seat, disk } of this.homes) {
      this.tabs.push(new Tab(this.server, seat, disk).connect())
    }
    settle(this.server, ...this.tabs)
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }
  private some<T>(all: readonly T[]): T | undefined {
    return all[this.below(all.length)]
  }
  private character(note: string): string {
    // Every fifth lies beyond the first plane, where JavaScript counts two.
    this.characters++
    const base = this.characters % 5 === 0 ? 0x20000 : 0x4e00
    const character = String.fromCodePoint(base + this.characters)
    this.typed.set(character, note)
    return character
  }

  step(): void {
    const at = this.below(this.tabs.length)
    const tab = this.tabs[at] as Tab
    const roll = this.random()
    if (roll < 0.3) this.act(tab, at)
    else if (roll < 0.5) tab.deliver(1 + this.below(3))
    else if (roll < 0.62) this.server.tick()
    else if (roll < 0.85) tab.hear(1 + this.below(3))
    else if (roll < 0.88) tab.cut(this.below(4))
    else if (roll < 0.93) {
      if (!tab.connection) tab.connect()
    } else if (roll < 0.95) tab.save()
    else if (roll < 0.97) this.repeat(tab)
    else this.reload(at)
  }

  private repeat(tab: Tab): void {
    const out = tab.connection?.out
    const again = out && this.some(out)
    if (again?.t === 'frame') out?.push(again)
  }

  /** The page goes, at an unhappy moment; the disk stays. */
  private reload(at: number): void {
    const { seat, disk } = this.homes[at] as { seat: string; disk: Disk }
    this.tabs[at]?.close(this.below(3))
    this.tabs[at] = new Tab(this.server, seat, disk)
    if (this.below(2)) this.tabs[at]?.connect()
  }

  private act(tab: Tab, at: number): void {
    const { shown } = tab.engine
    const notes = [...shown.records.note.keys()]
    const note = this.some(notes)
    const roll = this.random()
    if (!note || roll < 0.15) {
      const id = `note${this.notes++}`
      const words = this.character(id) + this.character(id)
      this.did(at, tab.write(id, words, this.below(2) ? 'zone1' : 'zone2'))
    } else if (roll < 0.65) this.type(tab, at, note)
    else this.ask(tab, at, note)
  }

  private type(tab: Tab, at: number, note: string): void {
    const points = Array.from(tab.text(note) ?? '')
    const place = this.below(points.length + 1)
    if (!this.onlyInserts && this.below(3) === 0) {
      for (const gone of points.splice(place, 1 + this.below(2))) this.typed.delete(gone)
    } else points.splice(place, 0, this.character(note))
    const name = tab.type(note, points.join(''))
    if (name) this.did(at, name)
  }

  private ask(tab: Tab, at: number, note: string): void {
    const { shown } = tab.engine
    const other = this.some([...shown.records.note.keys()]) ?? note
    const cluster = this.some([...shown.records.cluster.keys()])
    const zone = this.below(2) ? 'zone1' : 'zone2'
    const before = this.below(2) ? other : null
    const fresh = `cluster${this.notes++}`
    const commands: AnyCommand[] = [
      { do: 'note.move', note, zone, before },
      { do: 'note.gather', note, target: other, cluster: fresh },
      { do: 'note.bin', note },
      { do: 'note.restore', note },
    ]
    if (cluster) {
      commands.push({ do: 'cluster.move', cluster, zone }, { do: 'cluster.dissolve', cluster })
      commands.push({ do: 'cluster.name', cluster, title: `titel ${this.notes++}` })
    }
    const mine = this.names.filter(name => name.tab === at)
    const of = this.some(mine)?.name
    if (of && !this.onlyInserts && this.below(3) === 0) {
      // What an undo takes away is no longer counted.
      this.typed.clear()
      commands.splice(0, commands.length, { do: 'undo', of })
    }
    const command = this.some(commands)
    if (command) this.did(at, tab.ask(command))
  }

  private did(tab: number, name: string): void {
    this.names.push({ tab, name })
  }

  end(): void {
    // First one by one, so that the others' commands meet a world that moved on.
    for (const tab of this.tabs) {
      if (!tab.connection) tab.connect()
      settle(this.server, tab)
    }
    // What a closed tab left behind, and nobody has connected since.
    for (const tab of this.tabs) if (tab.disk.outbox.size > 0) tab.connect()
    settle(this.server, ...this.tabs)
  }

  check(): void {
    const truth = records(this.server.sprint)
    for (const tab of this.tabs) {
      expect(tab.engine.pending).toEqual([])
      expect([...tab.disk.outbox.keys()]).toEqual([])
      expect(tab.engine.head).toBe(this.server.head)
      expect(records(tab.engine.confirmed)).toEqual(truth)
      expect(records(tab.engine.shown)).toEqual(truth)
    }
    const refused = this.tabs.flatMap(tab => tab.refused.map(({ text }) => text ?? '')).join('')
    for (const [character, note] of this.typed) {
      const words = this.server.sprint.note(note)?.text ?? ''
      const found = words.split(character).length - 1
      if (found === 1 || (found === 0 && refused.includes(character))) continue
      throw new Error(`${character} stands ${found} times in ${note}: ${words}`)
    }
  }
}

test(`${SEEDS} evenings end with everybody seeing the same`, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      const evening = new Evening(seed)
      for (let step = 0; step < STEPS; step++) evening.step()
      evening.end()
      evening.check()
    } catch (trouble) {
      throw new Error(`seed ${seed}: ${trouble instanceof Error ? trouble.message : trouble}`, {
        cause: trouble,
      })
    }
  }
}, 60_000)
