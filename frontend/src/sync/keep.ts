// What this device keeps, in IndexedDB, per sprint and role:
//
//   outbox    commands without a verdict, so that a closed tab loses nothing
//   drafts    texts that are still being written
//   refused   what was refused, with its words
//   kept      the sprint as it was told last, to start from without a network
//
// Every write is one transaction with `durability: 'strict'`: when it completes, it is on the disk.
// Writes that come while a transaction runs go together in the next one, the last per key. A write
// that fails is tried again with the next one, and `canKeep` says that it is not kept until then.
// Where there is no IndexedDB (blocked, private windows), memory takes its place.

import type { Entry, Kept, Refusal } from './engine'

const NAME = 'opgavebord'
const STORES = ['outbox', 'drafts', 'refused', 'kept'] as const
type Store = (typeof STORES)[number]
/** A browser that asks for permission, or hangs, is not waited for longer. */
const OPEN_MS = 2_000
/** The outbox and what was refused stay until they are dealt with; a copy can be fetched again. */
const COPY_DAYS = 7
const DAY_MS = 24 * 60 * 60 * 1_000

/** Things to write together, or not at all. A null takes away. */
export interface Batch {
  outbox?: [name: string, entry: Entry | null][]
  drafts?: [key: string, text: string | null][]
  refused?: [id: string, refusal: Refusal | null][]
  kept?: Kept | null
}

type Writes = { [S in Store]: Map<string, unknown> }

function noWrites(): Writes {
  return { outbox: new Map(), drafts: new Map(), refused: new Map(), kept: new Map() }
}

export class Keep {
  /** False from the moment that something could not be kept, until it could. */
  canKeep = true

  private db: IDBDatabase | null = null
  private opened: () => void = () => {}
  /** Who reads or writes before it is open waits for that. */
  private readonly ready = new Promise<void>(resolve => {
    this.opened = resolve
  })
  private readonly memory = noWrites()
  private waiting = noWrites()
  private running: Promise<boolean> | null = null
  private next: Promise<boolean> | null = null

  /** `scope`: sprint and role; what others keep on this device is not seen. */
  constructor(
    private readonly scope: string,
    private readonly factory: IDBFactory | null = ofThisBrowser(),
  ) {}

  async open(): Promise<void> {
    this.db = await this.connect()
    this.canKeep = this.db !== null
    this.opened()
    void this.forgetOld()
  }

  /** Copies of evenings long past do not stay on a tablet that many people use. */
  private async forgetOld(): Promise<void> {
    if (!this.db) return
    try {
      const store = this.db.transaction('kept', 'readwrite').objectStore('kept')
      const [keys, copies] = await Promise.all([done(store.getAllKeys()), done(store.getAll())])
      copies.forEach(({ at }: { at?: number }, index) => {
        const key = keys[index]
        if (key !== undefined && (at ?? 0) < Date.now() - COPY_DAYS * DAY_MS) store.delete(key)
      })
    } catch {
      // next time
    }
  }

  close(): void {
    this.db?.close()
    this.db = null
  }

  // -- reading ------------------------------------------------------------------------------

  async load(): Promise<{ entries: Entry[]; refused: Refusal[]; kept: Kept | null }> {
    await this.ready
    await this.running
    const [entries, refused, kept] = await this.read(['outbox', 'refused', 'kept'])
    return {
      entries: (entries as Entry[]).sort((a, b) => a.order - b.order),
      refused: refused as Refusal[],
      kept: (kept?.[0] as Kept | undefined) ?? null,
    }
  }

  async outbox(): Promise<Entry[]> {
    await this.ready
    await this.running
    const [entries = []] = await this.read(['outbox'])
    return (entries as Entry[]).sort((a, b) => a.order - b.order)
  }

  async draft(key: string): Promise<string> {
    const waiting = this.waiting.drafts.get(key)
    if (waiting !== undefined) return (waiting as string | null) ?? ''
    await this.ready
    await this.running
    if (!this.db) return (this.memory.drafts.get(key) as string | null | undefined) ?? ''
    try {
      const store = this.db.transaction('drafts').objectStore('drafts')
      return ((await done(store.get([this.scope, key]))) as string | undefined) ?? ''
    } catch {
      return ''
    }
  }

  async allDrafts(): Promise<string[]> {
    await this.ready
    await this.next
    await this.running
    const [drafts = []] = await this.read(['drafts'])
    return drafts.filter(text => typeof text === 'string')
  }

  private async read(stores: Store[]): Promise<unknown[][]> {
    if (!this.db) return stores.map(store => [...this.memory[store].values()])
    try {
      const transaction = this.db.transaction(stores)
      const range = IDBKeyRange.bound([this.scope], [this.scope, []])
      return await Promise.all(
        stores.map(store => done<unknown[]>(transaction.objectStore(store).getAll(range))),
      )
    } catch {
      return stores.map(() => [])
    }
  }

  // -- writing ------------------------------------------------------------------------------

  /** Resolves when it is on the disk (true), or could not be kept (false). */
  write(batch: Batch): Promise<boolean> {
    for (const [name, entry] of batch.outbox ?? []) this.waiting.outbox.set(name, entry)
    for (const [key, text] of batch.drafts ?? []) this.waiting.drafts.set(key, text || null)
    for (const [id, refusal] of batch.refused ?? []) this.waiting.refused.set(id, refusal)
    if (batch.kept !== undefined) {
      this.waiting.kept.set('kept', batch.kept && { ...batch.kept, at: Date.now() })
    }
    if (!this.running) {
      this.running = this.flush()
      return this.running
    }
    this.next ??= this.running.then(() => {
      this.next = null
      this.running = this.flush()
      return this.running
    })
    return this.next
  }

  private async flush(): Promise<boolean> {
    await this.ready
    const writes = this.waiting
    this.waiting = noWrites()
    if (STORES.every(store => writes[store].size === 0)) {
      // All of it went along with the write before.
      if (!this.next) this.running = null
      return this.canKeep
    }
    const kept = (await this.commit(writes)) || (await this.commitAnew(writes))
    this.canKeep = kept
    if (!kept) {
      // Tried again with the next write, unless that writes something newer.
      for (const store of STORES) {
        for (const [key, value] of writes[store]) {
          if (this.db && !this.waiting[store].has(key)) this.waiting[store].set(key, value)
          if (value === null) this.memory[store].delete(key)
          else this.memory[store].set(key, value)
        }
      }
    }
    if (!this.next) this.running = null
    return kept
  }

  /** Browsers lose the connection to the database now and then: once more with a new one. */
  private async commitAnew(writes: Writes): Promise<boolean> {
    if (!this.db) return false
    const fresh = await this.connect()
    if (!fresh) return false
    this.db.close()
    this.db = fresh
    return this.commit(writes)
  }

  private async commit(writes: Writes): Promise<boolean> {
    if (!this.db) return false
    try {
      const transaction = this.db.transaction(STORES, 'readwrite', { durability: 'strict' })
      const completed = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve()
        transaction.onabort = () => reject(transaction.error)
      })
      for (const name of STORES) {
        const store = transaction.objectStore(name)
        for (const [key, value] of writes[name]) {
          if (value === null) store.delete([this.scope, key])
          else store.put(value, [this.scope, key])
        }
      }
      transaction.commit?.()
      await completed
      return true
    } catch {
      return false
    }
  }

  /** Takes away everything of this sprint and role from this device. */
  async wipe(): Promise<void> {
    await this.next
    await this.running
    this.waiting = noWrites()
    for (const store of STORES) this.memory[store].clear()
    if (!this.db) return
    const transaction = this.db.transaction(STORES, 'readwrite', { durability: 'strict' })
    const range = IDBKeyRange.bound([this.scope], [this.scope, []])
    await Promise.all(STORES.map(store => done(transaction.objectStore(store).delete(range))))
  }

  private connect(): Promise<IDBDatabase | null> {
    return new Promise(resolve => {
      const giveUp = setTimeout(() => resolve(null), OPEN_MS)
      const answer = (db: IDBDatabase | null) => {
        clearTimeout(giveUp)
        resolve(db)
      }
      try {
        if (!this.factory) throw new Error('no IndexedDB here')
        const request = this.factory.open(NAME, 1)
        request.onupgradeneeded = () => {
          for (const store of STORES) request.result.createObjectStore(store)
        }
        request.onerror = () => answer(null)
        request.onsuccess = () => {
          const db = request.result
          db.onversionchange = () => db.close() // a newer page wants another shape: do not block it
          answer(db)
        }
      } catch {
        answer(null)
      }
    })
  }
}

function ofThisBrowser(): IDBFactory | null {
  try {
    return globalThis.indexedDB ?? null
  } catch {
    return null // some browsers raise where it is forbidden
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
