import { cleanup, fireEvent, render, screen } from '@testing-library/svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import SureButton from './SureButton.svelte'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

function draw() {
  const onsure = vi.fn()
  render(SureButton, {
    label: 'Toon de briefjes',
    sure: 'Ja, toon de briefjes',
    warning: 'Dat kun je niet terugdraaien.',
    onsure,
  })
  const button = screen.getByRole('button', { name: /toon de briefjes/i })
  return { onsure, button }
}

it('asks first, and does it the second time', async () => {
  const { onsure, button } = draw()
  await fireEvent.click(button)
  expect(button.textContent).toContain('Ja, toon de briefjes')
  expect(screen.getByRole('status').textContent).toContain('terugdraaien')
  await vi.advanceTimersByTimeAsync(600)
  await fireEvent.click(button)
  expect(onsure).toHaveBeenCalledOnce()
})

it('takes a trembling finger for one press', async () => {
  const { onsure, button } = draw()
  await fireEvent.click(button)
  await fireEvent.click(button)
  expect(onsure).not.toHaveBeenCalled()
})

it('forgets that it asked', async () => {
  const { onsure, button } = draw()
  await fireEvent.click(button)
  await vi.advanceTimersByTimeAsync(13_000)
  await fireEvent.click(button)
  expect(onsure).not.toHaveBeenCalled()
})
