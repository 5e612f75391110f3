/* How much time a step has left, by the server's clock. Ticks only while there is something to
   count, and once a second. When it reaches nothing it stops; nothing else ever happens by it. */

export class Countdown {
  /** Whole seconds left; 0 is up, null is no timer. */
  left = $state<number | null>(null)

  #now: () => number
  #ends: number | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  until(ends: number | null): void {
    this.#ends = ends
    this.#tick()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #tick(): void {
    clearTimeout(this.#timer)
    if (this.#ends === null) {
      this.left = null
      return
    }
    const ms = this.#ends - this.#now()
    this.left = Math.max(0, Math.ceil(ms / 1000))
    // Keep looking after it is up: a minute may be added, and clocks are set right now and then.
    if (this.left > 0) this.#timer = setTimeout(() => this.#tick(), (ms % 1000) + 20)
  }
}

export function minutesAndSeconds(seconds: number): string {
  const rest = seconds % 60
  return `${Math.floor(seconds / 60)}:${rest < 10 ? '0' : ''}${rest}`
}
