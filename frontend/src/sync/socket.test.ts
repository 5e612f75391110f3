import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FakeSocket, welcome } from './hall/wire'
import { type Listener, Socket } from './socket'

const heard: string[] = []
const listener: Listener = {
  hello: gzip => ({ t: 'hello', v: 2, device: 'device', gzip }),
  message: message => heard.push(message.t),
  up: () => heard.push('up'),
  down: () => heard.push('down'),
  ended: code => heard.push(`ended ${code}`),
}
let luck = 0.5
let socket: Socket

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  FakeSocket.all = []
  heard.length = 0
  luck = 0.5
  socket = new Socket('ws://hall/ws/s1/deelnemer', listener, () => luck)
})
afterEach(() => {
  socket.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

async function connected(): Promise<FakeSocket> {
  socket.start()
  const wire = FakeSocket.last
  wire.open()
  wire.say(welcome)
  await vi.advanceTimersByTimeAsync(0)
  return wire
}

test('says hello first, and hands nothing over before it is welcome', async () => {
  socket.start()
  FakeSocket.last.open()
  expect(FakeSocket.last.kinds()).toEqual(['hello'])
  expect(socket.send({ t: 'ping', at: 1 })).toBe(false)
  FakeSocket.last.say(welcome)
  await vi.advanceTimersByTimeAsync(0)
  expect(heard).toEqual(['welcome', 'up'])
  expect(socket.send({ t: 'ping', at: 1 })).toBe(true)
})

test('pings every eight seconds, and leaves a silent server after fifteen', async () => {
  const wire = await connected()
  const before = wire.kinds().length
  await vi.advanceTimersByTimeAsync(8_000)
  expect(wire.kinds().slice(before)).toEqual(['ping'])
  wire.say({ t: 'pong', at: 1, now: 2 })
  await vi.advanceTimersByTimeAsync(14_000)
  expect(heard).not.toContain('down')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(heard).toContain('down')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(FakeSocket.all.length).toBe(2)
  wire.say(welcome) // the late word of a socket that was left
  await vi.advanceTimersByTimeAsync(0)
  expect(heard.filter(word => word === 'welcome').length).toBe(1)
})

test('a hidden page, whose timers run once a minute, does not take that for silence', async () => {
  const wire = await connected()
  wire.say({ t: 'pong', at: 1, now: 2 })
  await vi.advanceTimersByTimeAsync(0)
  for (let minute = 0; minute < 3; minute++) {
    vi.setSystemTime(Date.now() + 60_000)
    await vi.advanceTimersByTimeAsync(8_000)
    wire.say({ t: 'pong', at: 1, now: 2 })
    await vi.advanceTimersByTimeAsync(0)
  }
  expect(FakeSocket.all.length).toBe(1)
  expect(heard).not.toContain('down')
})

test('comes back within a second, then waits longer and longer, at most ten seconds', async () => {
  luck = 0.999
  const waits: number[] = []
  socket.start()
  for (let round = 0; round < 8; round++) {
    const count = FakeSocket.all.length
    FakeSocket.last.drop()
    await vi.advanceTimersByTimeAsync(0)
    const from = Date.now()
    while (FakeSocket.all.length === count) await vi.advanceTimersByTimeAsync(50)
    waits.push(Date.now() - from)
  }
  expect(waits[0]).toBeLessThanOrEqual(1_050)
  expect(waits[1]).toBeGreaterThan(1_500)
  expect(waits[1]).toBeLessThanOrEqual(1_650)
  expect(waits[7]).toBeLessThanOrEqual(10_050)
  expect(waits[7]).toBeGreaterThan(9_500)
})

describe('farewells', () => {
  test.each([4003, 4004, 4006])('%i: no coming back', async code => {
    const wire = await connected()
    wire.say({ t: 'bye', code, retry_ms: null })
    wire.drop(code)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(FakeSocket.all.length).toBe(1)
    expect(heard).toContain(`ended ${code}`)
  })

  test('resume: at once', async () => {
    const wire = await connected()
    wire.drop(4001)
    await vi.advanceTimersByTimeAsync(200)
    expect(FakeSocket.all.length).toBe(2)
  })

  test('flood: not before the server said', async () => {
    const wire = await connected()
    wire.say({ t: 'bye', code: 4008, retry_ms: 60_000 })
    wire.drop(4008)
    await vi.advanceTimersByTimeAsync(59_000)
    expect(FakeSocket.all.length).toBe(1)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(FakeSocket.all.length).toBe(2)
  })
})

describe('waking', () => {
  test('a connection that lives is asked, and kept', async () => {
    const wire = await connected()
    await vi.advanceTimersByTimeAsync(5_000)
    socket.wake()
    wire.say({ t: 'pong', at: 1, now: 2 })
    await vi.advanceTimersByTimeAsync(1_500)
    expect(FakeSocket.all.length).toBe(1)
  })

  test('one that is dead is replaced within a second', async () => {
    await connected()
    vi.setSystemTime(Date.now() + 600_000) // asleep: no timer ran
    socket.wake()
    await vi.advanceTimersByTimeAsync(1_050)
    expect(FakeSocket.all.length).toBe(2)
  })

  test('a wait for the next try ends at once', async () => {
    luck = 0.999
    const wire = await connected()
    wire.drop()
    await vi.advanceTimersByTimeAsync(1)
    expect(FakeSocket.all.length).toBe(1)
    socket.wake()
    expect(FakeSocket.all.length).toBe(2)
  })
})

test('a packed snapshot is unpacked before what comes after it', async () => {
  vi.useRealTimers()
  socket.start()
  const wire = FakeSocket.last
  wire.open()
  wire.say(welcome)
  const text = JSON.stringify({ t: 'snapshot', head: 1, records: [] })
  const packing = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  wire.sayBytes(await new Response(packing).arrayBuffer())
  wire.say({ t: 'people', count: 3 })
  await vi.waitFor(() => expect(heard).toContain('people'))
  expect(heard).toEqual(['welcome', 'up', 'snapshot', 'people'])
})

test('a message that can not be read costs the connection, not the page', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const wire = await connected()
  wire.say('{"t":')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(FakeSocket.all.length).toBe(2)
})
