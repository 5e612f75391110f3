import { describe, expect, test } from 'vitest'
import type { AnyRecord, Note, Sprint } from '../sprint/sprint'
import { Engine } from './engine'
import { founding, PLAIN, StubServer } from './hall/server'
import { Disk, settle, Tab } from './hall/tab'
import type { Change, Snapshot, Welcome } from './protocol'

function records(sprint: Sprint): AnyRecord[] {
  return [...sprint].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function agree(server: StubServer, ...tabs: Tab[]): void {
  for (const tab of tabs) {
    expect(tab.engine.head).toBe(server.head)
    expect(records(tab.engine.confirmed)).toEqual(records(server.sprint))
    expect(records(tab.engine.shown)).toEqual(records(server.sprint))
    expect(tab.engine.pending).toEqual([])
    expect(tab.disk.outbox.size).toBe(0)
  }
}

function texts(server: StubServer): string[] {
  return server.sprint.items('zone1').map(item => (item.kind === 'note' ? item.text : item.title))
}

describe('writing', () => {
  test('a note is drawn at once, and stays what it is when it is kept', () => {
    const server = new StubServer()
    const tab = new Tab(server, 'anna').connect()
    settle(server, tab)
    tab.write('note1', 'brood halen')
    expect(tab.text('note1')).toBe('brood halen')
    settle(server, tab)
    agree(server, tab)
    expect(tab.engine.shown.note('note1')?.author).toBe('anna')
  })

  test('ten notes offline, a reload, a reopened tab: all arrive once and in order', () => {
    const server = new StubServer()
    const disk = new Disk()
    const first = new Tab(server, 'anna', disk).connect()
    settle(server, first)
    first.save()
    first.cut()
    const words = ['een', 'twee', 'drie', 'vier', 'vijf', 'zes', 'zeven', 'acht', 'negen', 'tien']
    for (const word of words.slice(0, 6)) first.write(`note-${word}`, word)
    const reloaded = new Tab(server, 'anna', first.close())
    expect(reloaded.text('note-zes')).toBe('zes')
    for (const word of words.slice(6)) reloaded.write(`note-${word}`, word)
    const reopened = new Tab(server, 'anna', reloaded.close())
    expect(reopened.engine.unsent).toBe(10)
    reopened.connect()
    settle(server, reopened)
    expect(texts(server)).toEqual(words)
    agree(server, reopened)
  })

  test('an answer that was lost after the commit does not make a second note', () => {
    const server = new StubServer()
    const tab = new Tab(server, 'anna').connect()
    settle(server, tab)
    tab.write('note1', 'brood')
    tab.deliver()
    tab.cut() // the server has it, the ack never came
    expect(tab.engine.unsent).toBe(1)
    tab.connect()
    settle(server, tab)
    expect(texts(server)).toEqual(['brood'])
    agree(server, tab)
  })

  test('two tabs with the same outbox do not fight', () => {
    const server = new StubServer()
    const disk = new Disk()
    const one = new Tab(server, 'anna', disk)
    one.write('note1', 'brood')
    const two = new Tab(server, 'anna', disk)
    two.write('note2', 'melk')
    one.connect()
    two.connect()
    settle(server, one, two)
    expect(texts(server)).toEqual(['brood', 'melk'])
    agree(server, one, two)
  })

  test('a tab that stays sends what a closed tab left behind', () => {
    const server = new StubServer()
    const disk = new Disk()
    const stays = new Tab(server, 'anna', disk).connect()
    settle(server, stays)
    stays.cut()
    const closes = new Tab(server, 'anna', disk)
    closes.write('note1', 'brood')
    closes.close()
    stays.connect()
    settle(server, stays)
    expect(texts(server)).toEqual(['brood'])
    agree(server, stays)
  })

  test('what is found in the outbox later still goes before what was written later', () => {
    const server = new StubServer()
    const first = new Tab(server, 'anna').connect()
    settle(server, first)
    first.save()
    first.cut()
    first.write('note1', 'een')
    const second = new Tab(server, 'anna', first.disk) // the first one still seems to be open
    second.now = first.now + 1
    second.write('note2', 'twee')
    first.close()
    second.connect()
    settle(server, second)
    expect(texts(server)).toEqual(['een', 'twee'])
    agree(server, second)
  })

  test('no more than a window is on the way', () => {
    const server = new StubServer()
    const tab = new Tab(server, 'anna').connect()
    settle(server, tab)
    for (let n = 0; n < 100; n++) tab.write(`note${n}`, `woord ${n}`)
    expect(tab.engine.pending.filter(p => p.sent).length).toBe(32)
    settle(server, tab)
    expect(texts(server).length).toBe(100)
    agree(server, tab)
  })
})

describe('a refusal', () => {
  test('costs only itself, and its words stay', () => {
    const server = new StubServer()
    server.refuse = command =>
      command.do === 'note.create' && command.text === 'mag niet' ? 'not_in_this_step' : null
    const tab = new Tab(server, 'anna').connect()
    settle(server, tab)
    tab.write('note1', 'een')
    tab.write('note2', 'mag niet')
    tab.write('note3', 'drie')
    settle(server, tab)
    expect(texts(server)).toEqual(['een', 'drie'])
    expect(tab.refused.map(({ code, text }) => [code, text])).toEqual([
      ['not_in_this_step', 'mag niet'],
    ])
    agree(server, tab)
  })

  test('of a note takes along what was typed on in it', () => {
    const server = new StubServer()
    server.refuse = command => (command.do === 'note.create' ? 'full' : null)
    const tab = new Tab(server, 'anna').connect()
    settle(server, tab)
    tab.cut()
    tab.write('note1', 'een')
    tab.type('note1', 'een twee')
    tab.ask({ do: 'note.bin', note: 'note1' })
    tab.connect()
    settle(server, tab)
    expect(tab.refused.map(({ code, text }) => [code, text])).toEqual([['full', 'een twee']])
    agree(server, tab)
  })

  test('of an edit keeps the whole text', () => {
    const server = new StubServer()
    const tab = new Tab(server, 'anna').connect()
    tab.write('note1', 'een')
    settle(server, tab)
    server.refuse = command => (command.do === 'note.edit' ? 'too_long' : null)
    tab.type('note1', 'een twee')
    settle(server, tab)
    expect(tab.refused.map(({ code, text }) => [code, text])).toEqual([['too_long', 'een twee']])
    expect(tab.text('note1')).toBe('een')
    agree(server, tab)
  })

  test('for a name of another device is asked anew', () => {
    const server = new StubServer()
    let once = true
    server.refuse = () => {
      if (!once) return null
      once = false
      return 'wrong_device'
    }
    const tab = new Tab(server, 'anna').connect()
    settle(server, tab)
    tab.write('note1', 'een')
    settle(server, tab)
    expect(texts(server)).toEqual(['een'])
    expect(tab.refused).toEqual([])
    agree(server, tab)
  })
})

describe('typing together', () => {
  function two(): { server: StubServer; anna: Tab; bram: Tab } {
    const server = new StubServer()
    const anna = new Tab(server, 'anna').connect()
    const bram = new Tab(server, 'bram').connect()
    settle(server, anna, bram)
    anna.write('note1', 'brood')
    settle(server, anna, bram)
    return { server, anna, bram }
  }

  test('two people in one note both keep every character', () => {
    const { server, anna, bram } = two()
    anna.type('note1', 'vers brood')
    bram.type('note1', 'brood en melk')
    anna.type('note1', 'heel vers brood')
    bram.type('note1', 'brood en melk halen')
    settle(server, anna, bram)
    expect(server.sprint.note('note1')?.text).toBe('heel vers brood en melk halen')
    agree(server, anna, bram)
  })

  test('one edit is on the way, the keys after it wait together', () => {
    const { server, anna, bram } = two()
    for (const words of ['broodj', 'broodje', 'broodjes', 'broodjes!']) anna.type('note1', words)
    expect(anna.engine.pending.map(p => p.sent)).toEqual([true, false])
    settle(server, anna, bram)
    expect(server.sprint.note('note1')?.text).toBe('broodjes!')
    agree(server, anna, bram)
  })

  test('an edit waits for the note it is in', () => {
    const server = new StubServer()
    const anna = new Tab(server, 'anna').connect()
    settle(server, anna)
    anna.write('note1', 'brood')
    anna.type('note1', 'brood!')
    expect(anna.engine.pending.map(p => p.sent)).toEqual([true, false])
    settle(server, anna)
    expect(texts(server)).toEqual(['brood!'])
    agree(server, anna)
  })

  test('what was typed offline, over a reload, is brought over what the others typed', () => {
    const { server, anna, bram } = two()
    anna.save()
    anna.cut()
    anna.type('note1', 'brood en kaas')
    anna.type('note1', 'brood en kaasjes')
    const reloaded = new Tab(server, 'anna', anna.close())
    expect(reloaded.text('note1')).toBe('brood en kaasjes')
    bram.type('note1', 'vers brood')
    settle(server, bram)
    reloaded.connect()
    settle(server, reloaded, bram)
    expect(server.sprint.note('note1')?.text).toBe('vers brood en kaasjes')
    agree(server, reloaded, bram)
  })

  test('a snapshot instead of a tail loses no character, sent or not', () => {
    const { server, anna, bram } = two()
    anna.type('note1', 'brood A')
    anna.cut(1) // it arrives, the answer does not
    anna.type('note1', 'brood A B')
    bram.type('note1', 'C brood')
    settle(server, bram)
    server.tail = 0
    anna.connect()
    settle(server, anna, bram)
    expect(server.sprint.note('note1')?.text).toBe('C brood A B')
    agree(server, anna, bram)
  })

  test('a snapshot before our edit is decided', () => {
    const { server, anna, bram } = two()
    anna.type('note1', 'brood A')
    anna.cut() // it does not arrive
    anna.type('note1', 'brood A B')
    bram.type('note1', 'C brood D')
    settle(server, bram)
    server.tail = 0
    anna.connect()
    settle(server, anna, bram)
    const words = server.sprint.note('note1')?.text ?? ''
    for (const letter of 'ABCD') expect(words.split(letter).length).toBe(2)
    agree(server, anna, bram)
  })

  test('positions count characters, not halves of them', () => {
    const { server, anna, bram } = two()
    anna.type('note1', '🚲🚲 brood')
    settle(server, anna, bram)
    anna.type('note1', '🚲🚴🚲 brood')
    bram.type('note1', '🚲🚲 brood 🥖')
    settle(server, anna, bram)
    expect(server.sprint.note('note1')?.text).toBe('🚲🚴🚲 brood 🥖')
    agree(server, anna, bram)
  })

  test('a second tab that took this one for closed takes nothing back', () => {
    const { server, anna } = two()
    anna.cut()
    anna.type('note1', 'brood 1')
    anna.disk.alive.clear()
    const second = new Tab(server, 'anna', anna.disk)
    anna.type('note1', 'brood 12')
    second.connect()
    settle(server, second)
    anna.type('note1', 'brood 123')
    anna.connect()
    settle(server, anna, second)
    expect(server.sprint.note('note1')?.text).toBe('brood 123')
    agree(server, anna, second)
  })
})

describe('order', () => {
  test('stale events are ignored and a gap is asked for', () => {
    const server = new StubServer()
    const anna = new Tab(server, 'anna').connect()
    const bram = new Tab(server, 'bram').connect()
    settle(server, anna, bram)
    bram.write('note1', 'een')
    settle(server, bram)
    const lost = anna.connection?.out.splice(0)
    expect(lost?.length).toBe(1)
    bram.write('note2', 'twee')
    settle(server, anna, bram)
    agree(server, anna, bram)
    anna.connection?.out.push(...(lost ?? []))
    settle(server, anna, bram)
    agree(server, anna, bram)
  })

  test('somebody else on this device sees nothing of what the former one saw', () => {
    const server = new StubServer()
    const disk = new Disk()
    const anna = new Tab(server, 'anna', disk).connect()
    anna.write('note1', 'een')
    settle(server, anna)
    anna.save()
    const bram = new Tab(server, 'bram', disk).connect()
    expect(bram.text('note1')).toBe('een')
    bram.deliver()
    bram.hear(1)
    expect(bram.text('note1')).toBe(undefined)
    settle(server, bram)
    agree(server, bram)
  })
})

describe('my own hidden note', () => {
  const secret: Note = {
    ...PLAIN,
    id: 'note1',
    rank: 65_536,
    text: 'geheim',
    author: 'anna',
    hidden: true,
  }
  const masked = { ...secret, text: '', author: null }
  const welcome: Welcome = {
    t: 'welcome',
    v: 3,
    build: 'test',
    sprint: 's1',
    seat: { id: 'anna', role: 'deelnemer' },
    who: 'w',
    head: 5,
    now: 1,
    acks: [],
  }
  const snapshot: Snapshot = { t: 'snapshot', head: 5, records: [...founding(), masked] }

  test('does not blink when a snapshot comes again, and typing in it goes on', () => {
    const engine = new Engine('device')
    engine.welcome(welcome)
    engine.snapshot(snapshot)
    engine.mine({ t: 'mine', records: [secret] })
    expect(engine.shown.note('note1')?.text).toBe('geheim')
    engine.disconnected()
    engine.type('note1', 'geheimpje', 1)
    engine.welcome(welcome)
    engine.snapshot({ ...snapshot, head: 9 })
    expect(engine.shown.note('note1')?.text).toBe('geheimpje')
    engine.mine({ t: 'mine', records: [{ ...secret, text: 'heel geheim' }] })
    expect(engine.shown.note('note1')?.text).toBe('heel geheimpje')
    const [asked] = engine.next(10_000).send
    expect(asked?.c).toMatchObject({ do: 'note.edit', base: 9, edit: [11, 'pje'] })
  })

  test('typed in before a reload waits for the text it was made on', () => {
    const engine = new Engine('device')
    const command = { do: 'note.edit', note: 'note1', base: 3, edit: [6, 'pje'] } as const
    const edit = { ...command, edit: [...command.edit] }
    engine.adopt([{ name: 'old.1', order: 1, command: edit, on: 'geheim' }])
    engine.welcome(welcome)
    engine.snapshot(snapshot)
    expect(engine.next(10_000).send).toEqual([])
    expect(engine.keepable()).toBe(null)
    expect(engine.hello(false).head).toBe(null) // cut here, the copy would not be whole
    engine.mine({ t: 'mine', records: [secret] })
    expect(engine.shown.note('note1')?.text).toBe('geheimpje')
    expect(engine.next(10_000).send.map(({ c }) => c)).toEqual([{ ...edit, base: 5 }])
  })
})

describe('undo', () => {
  test('of a move that was kept is predicted, and comes true', () => {
    const server = new StubServer()
    const anna = new Tab(server, 'anna').connect()
    settle(server, anna)
    anna.write('note1', 'een')
    const move = anna.ask({ do: 'note.move', note: 'note1', zone: 'zone2' })
    settle(server, anna)
    const undo = anna.ask({ do: 'undo', of: move })
    expect(anna.engine.shown.note('note1')?.zone).toBe('zone1')
    settle(server, anna)
    expect(server.sprint.note('note1')?.zone).toBe('zone1')
    anna.ask({ do: 'undo', of: undo })
    expect(anna.engine.shown.note('note1')?.zone).toBe('zone2')
    settle(server, anna)
    expect(server.sprint.note('note1')?.zone).toBe('zone2')
    agree(server, anna)
  })

  test('offline, of something that was never sent', () => {
    const server = new StubServer()
    const anna = new Tab(server, 'anna').connect()
    settle(server, anna)
    anna.cut()
    const write = anna.write('note1', 'een')
    const undo = anna.ask({ do: 'undo', of: write })
    expect(anna.engine.shown.note('note1')?.gone).toBe(true)
    anna.ask({ do: 'undo', of: undo })
    expect(anna.engine.shown.note('note1')?.gone).toBe(false)
    anna.connect()
    settle(server, anna)
    expect(texts(server)).toEqual(['een'])
    agree(server, anna)
  })

  test('of typing, and typing on behind it', () => {
    const server = new StubServer()
    const anna = new Tab(server, 'anna').connect()
    settle(server, anna)
    anna.write('note1', 'brood')
    settle(server, anna)
    anna.cut()
    const edit = anna.type('note1', 'brood en melk')
    anna.ask({ do: 'undo', of: edit ?? '' })
    expect(anna.text('note1')).toBe('brood')
    anna.type('note1', 'brood!')
    anna.type('note1', 'brood!!')
    expect(anna.text('note1')).toBe('brood!!')
    anna.connect()
    settle(server, anna)
    expect(server.sprint.note('note1')?.text).toBe('brood!!')
    agree(server, anna)
  })
})

describe('a tablet that goes round', () => {
  const place = {
    kind: 'place',
    id: 'anna',
    role: 'deelnemer',
    table: null,
    stand: 'doorgeven',
    turn: 3,
    stem: null,
    kern: null,
    help: null,
    done: null,
    removed: false,
    check: {},
    checked: null,
  } as const
  const step = founding().find(record => record.kind === 'step')
  const secret = { ...step, visible: 'alleen_ik' } as AnyRecord
  const round: AnyRecord = {
    kind: 'round',
    id: 'ronde',
    title: '',
    step: null,
    per: 'persoon',
    budget: 3,
    most: 2,
    own: true,
    items: ['groep1', 'groep2'],
    open: true,
    voters: 0,
    result: [],
    at: 1,
  }

  function tablet(...more: AnyRecord[]): Tab {
    const records = founding().filter(record => record.kind !== 'step')
    const server = new StubServer([...records, secret, place, ...more])
    const tab = new Tab(server, 'anna').connect()
    settle(server, tab)
    return tab
  }

  test('what a turn wrote is gone at once, also before the server knows', () => {
    const tab = tablet()
    tab.write('note1', 'geheim')
    expect(tab.engine.shown.note('note1')).toMatchObject({ text: 'geheim', hidden: true, turn: 3 })
    tab.ask({ do: 'place.turn' })
    const after = tab.engine.shown.note('note1')
    expect(after).toMatchObject({ text: '', author: null, stem: null, turn: null, hidden: true })
    expect(JSON.stringify([...tab.engine.shown])).not.toContain('geheim')
    tab.write('note2', 'van de volgende')
    expect(tab.engine.shown.note('note2')?.turn).toBe(4)
    // And it is sent all the same: it stands in the outbox.
    expect(JSON.stringify([...tab.disk.outbox.values()])).toContain('geheim')
  })

  test('the next one has dots of their own', () => {
    const tab = tablet(round)
    const give = (item: string, dots: number) =>
      tab.ask({ do: 'vote.give', round: 'ronde', item, dots })
    const mine = () =>
      [...tab.engine.shown.records.ballot.values()].filter(({ seat }) => seat === 'anna')
    give('groep1', 2)
    give('groep2', 1)
    give('groep2', 2) // one too many: not shown
    expect(mine().map(({ dots }) => dots)).toEqual([{ groep1: 2, groep2: 1 }])
    tab.ask({ do: 'place.turn' })
    expect(mine()).toEqual([])
    give('groep2', 1)
    expect(mine().map(({ dots, turn }) => [dots, turn])).toEqual([[{ groep2: 1 }, 4]])
  })

  test('leaving the stand closes the turn as well', () => {
    const tab = tablet()
    tab.write('note1', 'geheim')
    tab.ask({ do: 'place.stand', stand: 'schrijven' })
    expect(tab.engine.shown.note('note1')?.text).toBe('')
    expect(tab.engine.shown.place('anna')?.turn).toBe(4)
  })

  test('a snapshot brings nothing back of a turn', () => {
    const tab = tablet()
    tab.write('note1', 'geheim')
    settle(tab.server, tab)
    const masked = [...tab.server.sprint].map(record =>
      record.id === 'note1' ? { ...PLAIN, id: 'note1', hidden: true, author: null } : record,
    )
    tab.engine.snapshot({ t: 'snapshot', head: tab.server.head, records: masked })
    expect(tab.engine.shown.note('note1')?.text).toBe('')
  })
})

describe('what this page does not know', () => {
  test('a record of another kind is passed over, another field is kept', () => {
    const server = new StubServer()
    const tab = new Tab(server, 'anna').connect()
    settle(server, tab)
    const strange = { kind: 'droom', id: 'd1' } as unknown as AnyRecord
    const table = { kind: 'table', id: 't1', number: 1, people: 0, quote: null, volgcode: '' }
    const richer = { ...table, stoelen: 6 } as unknown as AnyRecord
    const change = [
      { op: 'put', record: strange },
      { op: 'put', record: richer },
      { op: 'patch', kind: 'droom', id: 'd1', set: { x: 1 } },
      { op: 'patch', kind: 'table', id: 't1', set: { people: 5, lampen: 2 } },
    ] as unknown as Change
    const from = tab.engine.head ?? 0
    tab.engine.frame({
      t: 'frame',
      from,
      to: from + 1,
      events: [{ seq: from + 1, at: 1, change }],
      acks: [],
    })
    expect(tab.engine.head).toBe(from + 1)
    expect(tab.engine.shown.find('table', 't1')).toMatchObject({ people: 5, stoelen: 6 })
  })
})
