/* What is said aloud to people who do not look. Three voices:

   own      what you did yourself, within a second;
   others   what everybody else did, added up, at most one sentence in fifteen seconds;
   urgent   another step, the last minute, time up, connection lost or back: at once. */

const OTHERS_MS = 15_000
const OWN_MS = 400

export class Announcer {
  own = $state('')
  others = $state('')
  urgent = $state('')

  #ownWaiting: string[] = []
  #ownTimer: ReturnType<typeof setTimeout> | undefined
  #tell: (() => string) | null = null
  #othersTimer: ReturnType<typeof setTimeout> | undefined
  #lastOthers = Number.NEGATIVE_INFINITY

  /** The result of what this person did. A few at once become one message. */
  say(sentence: string): void {
    this.#ownWaiting.push(sentence)
    this.#ownTimer ??= setTimeout(() => {
      this.own = again(this.own, this.#ownWaiting.join(' '))
      this.#ownWaiting = []
      this.#ownTimer = undefined
    }, OWN_MS)
  }

  /** Others changed something. `tell` is asked when it is time to speak, and then adds up
      everything since the last time; '' means there is nothing worth saying. */
  happened(tell: () => string): void {
    this.#tell = tell
    if (this.#othersTimer !== undefined) return
    const wait = Math.max(1_000, this.#lastOthers + OTHERS_MS - Date.now())
    this.#othersTimer = setTimeout(() => {
      this.#othersTimer = undefined
      const sentence = this.#tell?.() ?? ''
      if (sentence === '') return
      this.#lastOthers = Date.now()
      this.others = again(this.others, sentence)
    }, wait)
  }

  alarm(sentence: string): void {
    this.urgent = again(this.urgent, sentence)
  }
}

/** The same words twice are read twice only when the text differs. */
function again(before: string, sentence: string): string {
  return before === sentence ? `${sentence}\u00a0` : sentence
}
