import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Announcer } from './announcer.svelte'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('says what I did within a second, a few things as one message', () => {
  const announcer = new Announcer()
  announcer.say('Een.')
  announcer.say('Twee.')
  expect(announcer.own).toBe('')
  vi.advanceTimersByTime(1_000)
  expect(announcer.own).toBe('Een. Twee.')
})

it('adds up what others do: 200 changes in a minute are at most five messages', () => {
  const announcer = new Announcer()
  const said = new Set<string>()
  let since = 0
  for (let i = 0; i < 200; i++) {
    since++
    announcer.happened(() => {
      const sentence = `${since} nieuwe briefjes`
      since = 0
      return sentence
    })
    vi.advanceTimersByTime(300)
    if (announcer.others !== '') said.add(announcer.others)
  }
  expect(said.size).toBeGreaterThanOrEqual(3)
  expect(said.size).toBeLessThanOrEqual(5)
})

it('says the same words again as something new', () => {
  const announcer = new Announcer()
  announcer.alarm('De tijd is om.')
  const first = announcer.urgent
  announcer.alarm('De tijd is om.')
  expect(announcer.urgent).not.toBe(first)
  expect(announcer.urgent.trim()).toBe('De tijd is om.')
})

it('has nothing to say when there is nothing to tell', () => {
  const announcer = new Announcer()
  announcer.happened(() => '')
  vi.advanceTimersByTime(60_000)
  expect(announcer.others).toBe('')
})
