// The server's clock, as far as this device knows it. Clocks of tablets are minutes off; timers on
// the screen go by the server's. The answer that came back quickest tells it best: half of its
// journey is the most it can be wrong.

const SAMPLES = 8 // a minute of heartbeats: a clock that was set by hand is followed within that

export class Clock {
  private samples: { offset: number; journey: number }[] = []
  private offset = 0

  constructor(private readonly device: () => number = Date.now) {}

  /** The server's clock, ms since 1970. */
  now(): number {
    return this.device() + this.offset
  }

  /** A first guess, from a message that did not say when it was asked for. */
  hint(server: number): void {
    if (this.samples.length === 0) this.offset = server - this.device()
  }

  /** An answer to a ping that left at `asked` (this device's clock). */
  heard(asked: number, server: number): void {
    const now = this.device()
    const journey = now - asked
    if (journey < 0) return // the device's clock was set back in between
    this.samples.push({ offset: server + journey / 2 - now, journey })
    if (this.samples.length > SAMPLES) this.samples.shift()
    const best = this.samples.reduce((a, b) => (b.journey < a.journey ? b : a))
    this.offset = best.offset
  }
}
