// One connection to the server, made again whenever it is lost. It knows when to connect, when the
// other side is dead and when coming back makes no sense; what the messages mean it does not know.
//
// A socket that was left behind is never listened to again: everything it still says is ignored.

import { type ClientMessage, FAREWELL, type Hello, type ServerMessage } from './protocol'

const PING_MS = 8_000 // reliability F14: quick enough to say "weak connection" within ten seconds
const DEAD_MS = 15_000
const DOUBT_MS = 3_000 // on waking: silent for longer than this is a reason to ask
const WAKE_MS = 1_000 // and so long it has for an answer: current within two seconds
const OPEN_MS = 10_000
const FIRST_MS = 1_000 // a hall that comes back at once spreads over a second
const GROWTH = 1.6
const MOST_MS = 10_000
const RESUME_MS = 250

/** Coming back with the same cookie and page would end the same way. */
const STOPS: readonly number[] = [
  FAREWELL.no_seat,
  FAREWELL.replaced,
  FAREWELL.old_version,
  FAREWELL.moved,
]
/** A seat that was taken away may be given back: knock now and then. */
const REMOVED_MS = 10_000

export interface Listener {
  hello(gzip: boolean): Hello
  message(message: ServerMessage): void
  /** Welcomed, or gone. */
  up(): void
  down(): void
  ended(code: number): void
}

export class Socket {
  private socket: WebSocket | null = null
  private welcomed = false
  private stopped = true
  private attempt = 0
  private heardAt = 0
  private pingAt = 0
  private openedAt = 0
  private retryMs: number | null = null
  private timer: ReturnType<typeof setTimeout> | undefined // connects, or watches
  private wakeTimer: ReturnType<typeof setTimeout> | undefined
  private reading: Promise<void> = Promise.resolve()
  private readonly gzip = 'DecompressionStream' in globalThis

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    if (!this.stopped) return
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    this.leave(1000)
  }

  /** False where there is nobody to hand it to. */
  send(message: ClientMessage): boolean {
    if (!this.welcomed || this.socket?.readyState !== WebSocket.OPEN) return false
    this.socket.send(JSON.stringify(message))
    return true
  }

  /** The device woke up, or something is up with its network: do not wait for the next heartbeat.
   * `doubt`: also where it spoke a moment ago. */
  wake(doubt = false): void {
    if (this.stopped) return
    const now = Date.now()
    if (!this.socket || (!this.welcomed && now - this.openedAt > DOUBT_MS)) {
      this.again(0)
    } else if (this.welcomed && (doubt || now - this.heardAt > DOUBT_MS)) {
      this.ping()
      clearTimeout(this.wakeTimer)
      this.wakeTimer = setTimeout(() => {
        if (this.heardAt < now) this.again(0)
      }, WAKE_MS)
    }
  }

  /** Leaves this connection and makes a new one. */
  again(delay: number): void {
    this.leave(1000)
    if (this.stopped) return
    if (delay === 0) this.connect()
    else this.timer = setTimeout(() => this.connect(), delay)
  }

  private connect(): void {
    clearTimeout(this.timer)
    this.openedAt = Date.now()
    this.retryMs = null
    let socket: WebSocket
    try {
      socket = new WebSocket(this.url)
    } catch {
      this.lost(1006)
      return
    }
    this.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      if (this.socket !== socket) return
      this.heardAt = Date.now()
      socket.send(JSON.stringify(this.listener.hello(this.gzip)))
    }
    socket.onmessage = event => {
      if (this.socket !== socket) return
      this.heardAt = Date.now()
      this.read(socket, event.data)
    }
    socket.onclose = event => {
      if (this.socket !== socket) return
      // What was said before the farewell still counts, also if it is being unpacked.
      void this.reading.then(() => {
        if (this.socket === socket) this.lost(event.code)
      })
    }
    this.timer = setTimeout(() => this.watch(), OPEN_MS)
  }

  /** In the order in which they came; unpacking takes a moment, and the next one waits for it. */
  private read(socket: WebSocket, data: unknown): void {
    this.reading = this.reading.then(async () => {
      if (this.socket !== socket) return
      try {
        const text = typeof data === 'string' ? data : await unpacked(data as ArrayBuffer)
        if (this.socket !== socket) return
        this.heard(JSON.parse(text) as ServerMessage)
      } catch (trouble) {
        // Not to be understood: what is missing now is asked for on a new connection.
        console.error(trouble)
        if (this.socket === socket) this.lost(1006)
      }
    })
  }

  private heard(message: ServerMessage): void {
    if (message.t === 'bye') {
      this.retryMs = message.retry_ms
      return
    }
    if (message.t === 'welcome') {
      this.welcomed = true
      this.attempt = 0
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.watch(), PING_MS)
      this.listener.message(message)
      this.listener.up()
      this.ping()
      return
    }
    this.listener.message(message)
  }

  private watch(): void {
    const silent = Date.now() - this.heardAt
    // Timers of a hidden page run once a minute: it is silence only if something was asked.
    const asked = this.heardAt < this.pingAt
    if (!this.welcomed || (asked && silent >= DEAD_MS)) {
      this.lost(1006)
      return
    }
    if (!asked) this.ping()
    this.timer = setTimeout(() => this.watch(), asked ? DEAD_MS - silent : PING_MS)
  }

  private ping(): void {
    this.pingAt = Date.now()
    this.send({ t: 'ping', at: this.pingAt })
  }

  private lost(code: number): void {
    this.leave(1000)
    if (this.stopped) return
    if (STOPS.includes(code)) {
      this.stopped = true
      this.listener.ended(code)
      return
    }
    if (code === FAREWELL.removed) {
      this.listener.ended(code)
      this.again(REMOVED_MS)
      return
    }
    let delay = this.random() * Math.min(FIRST_MS * GROWTH ** this.attempt, MOST_MS)
    if (code === FAREWELL.resume) delay = this.random() * RESUME_MS
    else if (this.retryMs !== null) delay += this.retryMs
    this.attempt++
    this.again(Math.max(delay, 1))
  }

  private leave(code: number): void {
    clearTimeout(this.timer)
    clearTimeout(this.wakeTimer)
    const { socket } = this
    this.socket = null
    this.welcomed = false
    if (!socket) return
    try {
      socket.close(code)
    } catch {
      // it was never open
    }
    this.listener.down()
  }
}

async function unpacked(data: ArrayBuffer): Promise<string> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}
