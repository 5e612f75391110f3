import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { route } from '../route.svelte'
import { nl } from '../words/nl'
import Meedoen from './Meedoen.svelte'

const answers = (status: number, body: unknown) =>
  vi.fn(async (_path: string, _asked?: RequestInit) => Response.json(body, { status }))

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/')
})

it('shows what is typed as ABC-DEF and asks with it', async () => {
  const fetched = answers(200, { sprint: 'abcd' })
  vi.stubGlobal('fetch', fetched)
  const go = vi.spyOn(route, 'go').mockImplementation(() => undefined)
  render(Meedoen)
  const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Code' })
  await fireEvent.input(field, { target: { value: ' abc def' } })
  expect(field.value).toBe('ABC-DEF')
  await fireEvent.click(screen.getByRole('button', { name: 'Meedoen' }))
  await waitFor(() => expect(go).toHaveBeenCalledWith('/s/abcd', 'push'))
  expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"code":"ABC-DEF"}')
})

it.each([
  ['', nl['join.empty'], 200],
  ['ABC', nl['join.short'], 200],
  ['ABC-DEF', nl['problem.wrong_code'], 404],
])(
  'says what is the matter with "%s" beside the field, and leaves it',
  async (typed, sentence, status) => {
    vi.stubGlobal('fetch', answers(status, { code: 'wrong_code', message: '' }))
    render(Meedoen)
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'Code' })
    await fireEvent.input(field, { target: { value: typed } })
    await fireEvent.click(screen.getByRole('button', { name: 'Meedoen' }))
    await waitFor(() => expect(screen.getByRole('alert').textContent).toBe(sentence))
    expect(field.value).toBe(typed)
    expect(field.getAttribute('aria-describedby')).toBe(screen.getByRole('alert').id)
  },
)

it('joins by the token of the QR and wipes it from the address', async () => {
  history.replaceState(null, '', '/#t=0123456789abcdef0123456789abcdef')
  const fetched = answers(200, { sprint: 'abcd' })
  vi.stubGlobal('fetch', fetched)
  const go = vi.spyOn(route, 'go').mockImplementation(() => undefined)
  render(Meedoen)
  expect(location.hash).toBe('')
  await waitFor(() => expect(go).toHaveBeenCalledWith('/s/abcd', 'replace'))
  expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"token":"0123456789abcdef0123456789abcdef"}')
})
