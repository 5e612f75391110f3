// For tests: sockets that go nowhere, until the test answers on them.

export class FakeSocket {
  static readonly OPEN = 1
  static all: FakeSocket[] = []
  static get last(): FakeSocket {
    return FakeSocket.all[FakeSocket.all.length - 1] as FakeSocket
  }

  readyState = 0
  binaryType = 'blob'
  readonly sent: { t: string; [field: string]: unknown }[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null

  constructor(readonly url: string) {
    FakeSocket.all.push(this)
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data))
  }
  close(): void {
    this.readyState = 3
  }

  // -- what the test does -------------------------------------------------------------------

  open(): void {
    this.readyState = 1
    this.onopen?.()
  }
  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) })
  }
  sayBytes(data: ArrayBuffer): void {
    this.onmessage?.({ data })
  }
  drop(code = 1006): void {
    this.readyState = 3
    this.onclose?.({ code })
  }
  kinds(): string[] {
    return this.sent.map(({ t }) => t)
  }
}

export const welcome = {
  t: 'welcome',
  v: 3,
  build: 'test',
  sprint: 's1',
  seat: { id: 'anna', role: 'deelnemer' },
  who: 'w1',
  head: 1,
  now: 1_000_000,
  acks: [],
}
