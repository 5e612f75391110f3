/* What to tell about the connection, in the order of what matters. Pure words: it reads `Live`
   and the time, and changes nothing.

   A hiccup of a second is not told. After a loss that was told, coming back is told too: first
   that the notes are on their way, and "everything is kept" only when nothing is unsent. */

import type { Live } from '../sync/live.svelte'
import { say } from '../words/say'

const HICCUP_MS = 1_200
const GOOD_NEWS_MS = 7_000
const LONG_MS = 20_000

export type Tone = 'calm' | 'warning' | 'good'

export class Connection {
  sentence = $state('')
  tone = $state<Tone>('calm')

  #live: Live
  #alarm: (sentence: string) => void
  #lostAt: number | null = null
  #told = false
  #alarmed = false
  #timers: ReturnType<typeof setTimeout>[] = []

  constructor(live: Live, alarm: (sentence: string) => void) {
    this.#live = live
    this.#alarm = alarm
  }

  /** Call in an effect: it reads what it depends on and is called again when that changes. */
  look(): void {
    const { link, trouble, unsent, canKeep } = this.#live
    this.#clear()
    if (link !== 'open') {
      this.#lostAt ??= Date.now()
      const gone = Date.now() - this.#lostAt
      if (!this.#told) {
        this.#after(HICCUP_MS - gone, () => {
          this.#told = true
          this.#show('warning', say('link.gone'))
        })
      }
      if (!this.#alarmed) {
        this.#after(LONG_MS - gone, () => {
          this.#alarmed = true
          this.#alarm(say('link.gone'))
        })
      }
      return
    }
    this.#lostAt = null
    if (trouble) {
      this.#told = true
      this.#show('warning', say('link.trouble'))
      return
    }
    if (this.#told) {
      if (unsent > 0) {
        this.#show('good', say('link.back_sending'))
        return
      }
      this.#told = false
      this.#show('good', say('link.back'))
      if (this.#alarmed) this.#alarm(say('link.back'))
      this.#alarmed = false
    }
    this.#after(this.tone === 'good' && this.sentence !== '' ? GOOD_NEWS_MS : 0, () => {
      if (canKeep) this.#show('calm', '')
      else this.#show('warning', say('link.cannot_keep'))
    })
  }

  stop(): void {
    this.#clear()
  }

  #show(tone: Tone, sentence: string): void {
    this.tone = tone
    this.sentence = sentence
  }

  #after(ms: number, then: () => void): void {
    this.#timers.push(setTimeout(then, ms))
  }

  #clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers = []
  }
}
