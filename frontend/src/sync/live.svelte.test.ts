import { IDBFactory } from 'fake-indexeddb'
import 'fake-indexeddb/auto'
import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AnyRecord, Note } from '../sprint/sprint'
import { founding, PLAIN } from './hall/server'
import { FakeSocket, welcome } from './hall/wire'
import { Keep } from './keep'
import { Live } from './live.svelte'
import { FAREWELL } from './protocol'

const open: Live[] = []

beforeEach(() => {
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('indexedDB', new IDBFactory())
  FakeSocket.all = []
})
afterEach(() => {
  for (const live of open.splice(0)) live.stop()
  vi.unstubAllGlobals()
})

async function started(): Promise<Live> {
  const live = new Live({ sprint: 's1', role: 'deelnemer', url: 'http://hall' })
  open.push(live)
  await live.start()
  return live
}

async function connected(records: AnyRecord[] = founding()): Promise<Live> {
  const live = await started()
  FakeSocket.last.open()
  FakeSocket.last.say(welcome)
  FakeSocket.last.say({ t: 'snapshot', head: 1, records })
  FakeSocket.last.say({ t: 'people', count: 1 })
  await vi.waitFor(() => expect(live.link).toBe('open'))
  await vi.waitFor(() => expect(live.ready).toBe(true))
  return live
}

function note(id: string, rank: number, more: Partial<Note> = {}): Note {
  return { ...PLAIN, id, rank, text: id, ...more }
}

function commands(): { id: string; c: { do: string } }[] {
  return FakeSocket.last.sent.filter(({ t }) => t === 'do') as never
}

describe('the mark of a note', () => {
  test('goes from this device to the server, by what is known', async () => {
    const live = await started()
    expect(FakeSocket.last.url).toBe('ws://hall/ws/s1/deelnemer')
    FakeSocket.last.open()
    FakeSocket.last.say(welcome)
    FakeSocket.last.say({ t: 'snapshot', head: 1, records: founding() })
    await vi.waitFor(() => expect(live.link).toBe('open'))
    FakeSocket.last.drop()
    await vi.waitFor(() => expect(live.link).toBe('weg'))
    const id = await live.write('brood', 'zone1', null)
    expect(live.notes.get(id)?.mark).toBe('apparaat')
    expect(live.unsent).toBe(1)
    await vi.waitFor(() => expect(FakeSocket.all.length).toBe(2), 2_000)
    FakeSocket.last.open() // being connected by itself says nothing
    expect(live.notes.get(id)?.mark).toBe('apparaat')
    FakeSocket.last.say(welcome)
    await vi.waitFor(() => expect(live.notes.get(id)?.mark).toBe('onderweg'))
    const [asked] = commands()
    FakeSocket.last.say({ t: 'frame', from: 1, to: 2, events: [], acks: [[asked?.id, 2]] })
    await vi.waitFor(() => expect(live.unsent).toBe(0))
    // Its hello said that one was waiting; who closes the evening must hear that it no longer is.
    const said = () => FakeSocket.last.sent.filter(({ t }) => t === 'hello' || t === 'here')
    expect(said()[0]).toMatchObject({ t: 'hello', unsent: 1 })
    await vi.waitFor(() => expect(said().at(-1)).toMatchObject({ t: 'here', unsent: 0 }), 2_000)
  })

  test('says so where the browser can not keep anything', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const live = await connected()
    expect(live.canKeep).toBe(false)
    FakeSocket.last.drop()
    await vi.waitFor(() => expect(live.link).toBe('weg'))
    const id = await live.write('brood', 'zone1', null)
    expect(live.notes.get(id)?.mark).toBe('vluchtig')
  })
})

test('a reload without a network shows the board and what waits', async () => {
  const live = await connected([...founding(), note('note1', 65_536)])
  FakeSocket.last.drop()
  await vi.waitFor(() => expect(live.link).toBe('weg'))
  const id = await live.write('brood', 'zone1', null)
  live.stop()
  const disk = new Keep('s1/deelnemer')
  await disk.open()
  await vi.waitFor(async () => expect((await disk.load()).kept).not.toBe(null))
  const again = await started()
  expect(again.ready).toBe(true)
  expect(again.items('zone1').map(item => item.id)).toEqual(['note1', id])
  expect(again.notes.get(id)?.mark).toBe('apparaat')
  expect(again.mine.map(item => item.id)).toEqual([id])
  FakeSocket.last.open()
  expect(FakeSocket.last.sent[0]).toMatchObject({ t: 'hello', head: 1, unsent: 1 })
})

test('a page that is told to reload has on the disk what it could not send; the new page sends it', async () => {
  const live = await connected()
  FakeSocket.last.drop()
  await vi.waitFor(() => expect(live.link).toBe('weg'))
  const id = await live.write('brood', 'zone1', null)
  await vi.waitFor(() => expect(FakeSocket.all.length).toBe(2), 2_000)
  FakeSocket.last.open() // of a release that is too new for this page
  FakeSocket.last.say({ t: 'bye', code: FAREWELL.old_version, retry_ms: null })
  FakeSocket.last.drop(FAREWELL.old_version)
  await vi.waitFor(() => expect(live.ended).toBe(FAREWELL.old_version))
  const disk = new Keep('s1/deelnemer') // as it is at the moment that the banner asks to reload
  await disk.open()
  const kept = (await disk.outbox()).map(({ name }) => name)
  expect(kept.length).toBe(1)
  live.stop()
  const again = await started()
  expect(again.notes.get(id)?.mark).toBe('apparaat')
  FakeSocket.last.open()
  expect(FakeSocket.last.sent[0]).toMatchObject({ t: 'hello', pending: kept })
  FakeSocket.last.say(welcome)
  await vi.waitFor(() => expect(commands().map(one => one.id)).toEqual(kept))
})

test('a draft survives, and goes together with the note that it became', async () => {
  const live = await connected()
  live.keepDraft('schrijf', 'bro')
  live.keepDraft('schrijf', 'brood')
  await new Promise(resolve => setTimeout(resolve, 200))
  live.stop()
  const again = await started()
  expect(await again.draft('schrijf')).toBe('brood')
  await again.write('brood', 'zone1', null, 'schrijf')
  again.stop()
  expect(await (await started()).draft('schrijf')).toBe('')
})

test('items wake only the container they lie in, and only when it changes', async () => {
  const live = await connected([...founding(), note('note1', 1), note('note2', 2)])
  let first = 0
  let second = 0
  const stop = $effect.root(() => {
    $effect(() => {
      live.items('zone1')
      first++
    })
    $effect(() => {
      live.items('zone2')
      second++
    })
  })
  flushSync()
  const [before, beside] = [first, second]
  const tell = (to: number, set: Partial<Note>) => {
    const events = [{ seq: to, at: 1, change: [{ op: 'patch', kind: 'note', id: 'note1', set }] }]
    FakeSocket.last.say({ t: 'frame', from: to - 1, to, events, acks: [] })
  }
  tell(2, { text: 'anders' })
  await vi.waitFor(() => expect(live.notes.get('note1')?.text).toBe('anders'))
  flushSync()
  expect([first, second]).toEqual([before, beside])
  tell(3, { rank: 3 })
  await vi.waitFor(() =>
    expect(live.items('zone1').map(({ id }) => id)).toEqual(['note2', 'note1']),
  )
  flushSync()
  expect([first, second]).toEqual([before + 1, beside])
  stop()
})

test('the order is mended as it would have been made', async () => {
  const notes = Array.from({ length: 40 }, (_, at) => note(`note${at}`, at * 10))
  const live = await connected([...founding(), ...notes])
  let seed = 7
  const below = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % limit
  }
  for (let to = 2; to < 120; to++) {
    const change = Array.from({ length: 1 + below(to % 10 === 0 ? 30 : 3) }, () => {
      const set = { rank: below(500), zone: below(3) ? 'zone1' : 'zone2', gone: below(6) === 0 }
      return { op: 'patch', kind: 'note', id: `note${below(40)}`, set }
    })
    const events = [{ seq: to, at: 1, change }]
    FakeSocket.last.say({ t: 'frame', from: to - 1, to, events, acks: [] })
    await Promise.resolve()
  }
  FakeSocket.last.say({ t: 'people', count: 9 })
  await vi.waitFor(() => expect(live.people).toBe(9))
  for (const zone of ['zone1', 'zone2']) {
    const lying = [...live.notes.values()].filter(item => item.zone === zone && !item.gone)
    const ordered = lying.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
    expect(live.items(zone).map(({ id }) => id)).toEqual(ordered.map(({ id }) => id))
  }
})

test('a refusal stays, with its text, over a reload, until it is put away', async () => {
  const live = await connected()
  await live.write('mag niet', 'zone1', null)
  const [asked] = commands()
  FakeSocket.last.say({
    t: 'frame',
    from: 1,
    to: 2,
    events: [],
    acks: [[asked?.id, 2, 'not_in_this_step']],
  })
  await vi.waitFor(() => expect(live.unplaced.length).toBe(1))
  expect(live.unplaced[0]).toMatchObject({ code: 'not_in_this_step', text: 'mag niet' })
  expect(live.notes.size).toBe(0)
  await new Promise(resolve => setTimeout(resolve, 20))
  live.stop()
  const again = await started()
  expect(again.unplaced[0]?.text).toBe('mag niet')
  again.forget(again.unplaced[0]?.id ?? '')
  expect(again.unplaced).toEqual([])
})

test('presence of others is shown, my own is sent ten times a second at most', async () => {
  const live = await connected([...founding(), note('note1', 1)])
  const drag = { note: 'note1', zone: 'zone2', x: 1, y: 2 }
  FakeSocket.last.say({ t: 'there', who: { w1: { drag }, w2: { drag, typing: 'note1' } } })
  await vi.waitFor(() => expect(live.drags.get('note1')).toEqual(drag))
  expect(live.typing.get('note1')).toBe(1)
  FakeSocket.last.say({ t: 'there', who: { w2: null } })
  await vi.waitFor(() => expect(live.drags.size).toBe(0))
  for (let x = 0; x < 50; x++) live.hold({ ...drag, x })
  await new Promise(resolve => setTimeout(resolve, 150))
  const told = FakeSocket.last.sent.filter(({ t }) => t === 'here')
  expect(told.length).toBe(2)
  expect(told[1]).toMatchObject({ drag: { x: 49 } })
})

test('wiping leaves nothing on this device', async () => {
  const live = await connected()
  await live.write('brood', 'zone1', null)
  await live.wipe()
  const again = await started()
  expect(again.ready).toBe(false)
  expect(again.unsent).toBe(0)
})

describe('more than the board that is on', () => {
  const other: AnyRecord[] = [
    {
      kind: 'board',
      id: 'bord2',
      werkvorm: 'T3',
      title: 'Waarom',
      purpose: '',
      rank: 2,
      form: 'cirkels',
      types: [],
      fields: [],
      hints: [],
    },
    {
      kind: 'zone',
      id: 'zone9',
      board: 'bord2',
      title: 'Daarom',
      question: '',
      colour: 'geel',
      rank: 1,
      world: '',
      write: 'iedereen',
      type: '',
      source: '',
      tap: false,
    },
  ]

  test('staff look at another board, and the step that is on stays', async () => {
    const far = note('ver', 1, { zone: 'zone9' })
    const live = await connected([...founding(), ...other, note('hier', 1), far])
    expect([...live.notes.keys()]).toEqual(['hier'])
    expect([...live.everyNote.keys()].sort()).toEqual(['hier', 'ver'])
    live.lookAt('bord2')
    expect(live.board?.title).toBe('Waarom')
    expect([...live.notes.keys()]).toEqual(['ver'])
    expect(live.items('zone9').map(({ id }) => id)).toEqual(['ver'])
    expect(live.step?.id).toBe('stap')
    live.lookAt(null)
    expect([...live.notes.keys()]).toEqual(['hier'])
  })

  test('my place and table, the counts, and the round that is open', async () => {
    const table = { kind: 'table', id: 't1xx', number: 4, people: 6, quote: null, volgcode: '' }
    const place = { kind: 'place', id: 'anna', table: 't1xx', stand: 'schrijven', turn: 0 }
    const round = { kind: 'round', id: 'r1xx', open: false, at: 9, items: [] }
    const tally = { kind: 'tally', id: 'telling', people: 3, kernen: [], stemmen: [], done: 2 }
    const live = await connected([
      ...founding(),
      ...([table, place, round, { ...round, id: 'r2xx', open: true, at: 5 }, tally] as AnyRecord[]),
    ])
    expect(live.table?.number).toBe(4)
    expect(live.tally?.done).toBe(2)
    expect(live.round?.id).toBe('r2xx')
    expect(live.shelf('round').size).toBe(2)
    const events = [
      {
        seq: 2,
        at: 1,
        change: [{ op: 'patch', kind: 'round', id: 'r2xx', set: { open: false } }],
      },
    ]
    FakeSocket.last.say({ t: 'frame', from: 1, to: 2, events, acks: [] })
    await vi.waitFor(() => expect(live.round?.id).toBe('r1xx')) // the last that was opened
  })

  test('erasing leaves nothing, and nothing is kept after it', async () => {
    const live = await connected()
    live.keepDraft('schrijf', 'half')
    await vi.waitFor(async () => expect(await live.leftOver()).toEqual(['half']))
    await live.erase()
    FakeSocket.last.say({ t: 'snapshot', head: 3, records: founding() })
    await new Promise(resolve => setTimeout(resolve, 600))
    live.stop()
    const disk = new Keep('s1/deelnemer')
    await disk.open()
    expect(await disk.load()).toEqual({ entries: [], refused: [], kept: null })
    expect(await disk.allDrafts()).toEqual([])
  })
})
