import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { describe, expect, test, vi } from 'vitest'
import type { Entry, Kept } from './engine'
import { Keep } from './keep'

function entry(number: number): Entry {
  const note = `note${number}`
  const command = { do: 'note.create', note, zone: 'zone1', text: 'brood' } as const
  return { name: `device.${number}`, order: number, command, on: null }
}

const kept: Kept = { head: 7, seat: { id: 'anna', role: 'deelnemer' }, records: [] }

async function opened(factory: IDBFactory, scope = 's1/deelnemer'): Promise<Keep> {
  const keep = new Keep(scope, factory)
  await keep.open()
  return keep
}

describe('on the disk', () => {
  test('what is written is there after closing, in order, per sprint and role', async () => {
    const factory = new IDBFactory()
    const keep = await opened(factory)
    expect(keep.canKeep).toBe(true)
    void keep.write({ outbox: [['device.2', entry(2)]], kept })
    await keep.write({
      outbox: [['device.1', entry(1)]],
      drafts: [['schrijf', 'half']],
      refused: [
        ['device.9', { id: 'device.9', code: 'full', command: entry(9).command, text: 'vol' }],
      ],
    })
    keep.close()
    const again = await opened(factory)
    const found = await again.load()
    expect(found.entries.map(({ name }) => name)).toEqual(['device.1', 'device.2'])
    expect(found.kept).toMatchObject(kept)
    expect(found.refused.map(({ text }) => text)).toEqual(['vol'])
    expect(await again.draft('schrijf')).toBe('half')
    const other = await opened(factory, 's1/wand')
    expect((await other.load()).entries).toEqual([])
    expect(await other.draft('schrijf')).toBe('')
  })

  test('taking away twice is once, and the last write of a key counts', async () => {
    const keep = await opened(new IDBFactory())
    void keep.write({ outbox: [['device.1', entry(1)]] })
    void keep.write({ outbox: [['device.1', null]] })
    void keep.write({ outbox: [['device.1', null]], drafts: [['a', 'x']] })
    await keep.write({ drafts: [['a', '']] })
    expect(await keep.outbox()).toEqual([])
    expect(await keep.draft('a')).toBe('')
  })

  test('who asks before it is open, waits', async () => {
    const factory = new IDBFactory()
    const first = await opened(factory)
    await first.write({ drafts: [['a', 'een']] })
    const keep = new Keep('s1/deelnemer', factory)
    const read = keep.draft('a')
    const written = keep.write({ drafts: [['b', 'twee']] })
    await keep.open()
    expect(await read).toBe('een')
    expect(await written).toBe(true)
    expect(await keep.draft('b')).toBe('twee')
  })

  test('a draft that is being written is read as it will be', async () => {
    const keep = await opened(new IDBFactory())
    void keep.write({ drafts: [['a', 'een']] })
    void keep.write({ drafts: [['a', 'twee']] })
    expect(await keep.draft('a')).toBe('twee')
  })

  test('a copy of an evening of last week is forgotten, what waits in its outbox is not', async () => {
    const factory = new IDBFactory()
    const keep = await opened(factory)
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 8 * 24 * 3_600_000)
    await keep.write({ kept, outbox: [['device.1', entry(1)]] })
    vi.restoreAllMocks()
    await opened(factory, 's2/deelnemer')
    const found = await keep.load()
    expect(found.kept).toBe(null)
    expect(found.entries.length).toBe(1)
  })

  test('wiping takes this sprint away and leaves the others', async () => {
    const factory = new IDBFactory()
    const [one, two] = [await opened(factory), await opened(factory, 's2/deelnemer')]
    await one.write({ outbox: [['device.1', entry(1)]] })
    await two.write({ outbox: [['device.2', entry(2)]] })
    await one.wipe()
    expect(await one.outbox()).toEqual([])
    expect((await two.outbox()).length).toBe(1)
  })
})

describe('where nothing can be kept', () => {
  test('it says so, and memory takes over', async () => {
    const keep = new Keep('s1/deelnemer', null)
    await keep.open()
    expect(keep.canKeep).toBe(false)
    expect(await keep.write({ outbox: [['device.1', entry(1)]], drafts: [['a', 'x']] })).toBe(false)
    expect((await keep.outbox()).length).toBe(1)
    expect(await keep.draft('a')).toBe('x')
  })

  test('a full disk is told, and what failed goes along with the next write', async () => {
    const factory = new IDBFactory()
    const keep = await opened(factory)
    const full = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    expect(await keep.write({ outbox: [['device.1', entry(1)]] })).toBe(false)
    expect(keep.canKeep).toBe(false)
    IDBObjectStore.prototype.put = full
    expect(await keep.write({ outbox: [['device.2', entry(2)]] })).toBe(true)
    expect(keep.canKeep).toBe(true)
    expect((await keep.outbox()).map(({ name }) => name)).toEqual(['device.1', 'device.2'])
  })
})
