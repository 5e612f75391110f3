import { expect, test } from 'vitest'
import { Clock } from './clock'

test('the quickest answer tells the time best', () => {
  let device = 1_000
  const clock = new Clock(() => device)
  clock.hint(61_000)
  expect(clock.now()).toBe(61_000)
  device = 2_000
  clock.heard(1_900, 61_960) // a journey of 100 ms
  expect(clock.now()).toBe(62_010)
  device = 3_000
  clock.heard(2_990, 62_990) // of 10: the server's clock is 59,995 ahead
  expect(clock.now()).toBe(62_995)
  device = 5_000
  clock.heard(3_000, 64_500) // of 2 s: worse than what we know
  expect(clock.now()).toBe(64_995)
})
