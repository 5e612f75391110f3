import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Live } from '../sync/live.svelte'
import { nl } from '../words/nl'
import { Connection } from './connection.svelte'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function hall() {
  const live = { link: 'open', trouble: false, unsent: 0, canKeep: true } as Live
  const alarm = vi.fn()
  const connection = new Connection(live, alarm)
  const becomes = (change: Partial<Live>, ms: number) => {
    Object.assign(live, change)
    connection.look()
    vi.advanceTimersByTime(ms)
  }
  return { connection, alarm, becomes }
}

it('does not tell a hiccup', () => {
  const { connection, becomes } = hall()
  becomes({ link: 'weg' }, 800)
  becomes({ link: 'open' }, 5_000)
  expect(connection.sentence).toBe('')
})

it('never says that everything is kept while something is unsent', () => {
  const { connection, becomes } = hall()
  becomes({ link: 'weg' }, 3_000)
  expect(connection.sentence).toBe(nl['link.gone'])
  becomes({ link: 'opening', unsent: 3 }, 3_000)
  expect(connection.sentence).toBe(nl['link.gone'])
  becomes({ link: 'open' }, 3_000)
  expect(connection.sentence).toBe(nl['link.back_sending'])
  becomes({ unsent: 0 }, 1_000)
  expect(connection.sentence).toBe(nl['link.back'])
  vi.advanceTimersByTime(10_000)
  expect(connection.sentence).toBe('')
})

it('sounds the alarm only after twenty seconds, and then also when it is over', () => {
  const { alarm, becomes } = hall()
  becomes({ link: 'weg' }, 19_000)
  expect(alarm).not.toHaveBeenCalled()
  becomes({ link: 'opening' }, 2_000) // trying again is no news
  expect(alarm).toHaveBeenCalledExactlyOnceWith(nl['link.gone'])
  becomes({ link: 'open' }, 100)
  expect(alarm).toHaveBeenLastCalledWith(nl['link.back'])
})

it('tells that the server can not keep anything, and when it can again', () => {
  const { connection, becomes } = hall()
  becomes({ trouble: true, unsent: 1 }, 100)
  expect(connection.sentence).toBe(nl['link.trouble'])
  becomes({ trouble: false, unsent: 0 }, 100)
  expect(connection.sentence).toBe(nl['link.back'])
})

it('keeps saying so where this browser can keep nothing', () => {
  const { connection, becomes } = hall()
  becomes({ canKeep: false }, 20_000)
  expect(connection.sentence).toBe(nl['link.cannot_keep'])
})
