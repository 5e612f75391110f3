import { describe, expect, it, vi } from 'vitest'
import type { Answer } from '../meedoen/door'
import { type Ask, take } from './taking'

/** A server that gives these answers, one after the other. */
function server(...answers: Answer<unknown>[]) {
  const asked: string[] = []
  const ask = async (method: string, path: string, body?: unknown) => {
    asked.push(`${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`)
    return answers.shift() ?? { ok: false, code: 'offline' }
  }
  return { asked, ask: ask as Ask }
}

const yes = <T>(value: T): Answer<T> => ({ ok: true, value })
const no = (code: string): Answer<never> => ({ ok: false, code })
const at_once = () => Promise.resolve()

describe('taking home', () => {
  it('asks, tells how far it is, and says where the file is', async () => {
    const { ask, asked } = server(
      yes({ id: 'x1' }),
      yes({ done: 0.3, ready: false }),
      yes({ done: 1, ready: true, name: 'avond.docx' }),
    )
    const told: number[] = []
    const file = await take('s1', { format: 'docx' }, done => told.push(done), ask, at_once)
    expect(file).toEqual(yes({ href: '/api/s/s1/exports/x1/file', name: 'avond.docx' }))
    expect(told).toEqual([0.3, 1])
    expect(asked).toEqual([
      'POST /api/s/s1/exports {"format":"docx"}',
      'GET /api/s/s1/exports/x1',
      'GET /api/s/s1/exports/x1',
    ])
  })

  it('waits while the network is away, and goes on', async () => {
    const { ask } = server(
      yes({ id: 'x1' }),
      no('offline'),
      no('offline'),
      yes({ done: 1, ready: true, name: 'avond.csv' }),
    )
    const file = await take('s1', { format: 'csv' }, () => {}, ask, at_once)
    expect(file.ok).toBe(true)
  })

  it('gives up when the network stays away', async () => {
    const { ask, asked } = server(yes({ id: 'x1' }))
    expect(await take('s1', { format: 'csv' }, () => {}, ask, at_once)).toEqual(no('offline'))
    expect(asked.length).toBeLessThan(30)
  })

  it('says why it is refused, before and while it is made', async () => {
    const pause = vi.fn(at_once)
    const busy = server(no('busy'))
    expect(await take('s1', { format: 'pdf' }, () => {}, busy.ask, pause)).toEqual(no('busy'))
    const gone = server(yes({ id: 'x1' }), no('not_found'))
    expect(await take('s1', { format: 'pdf' }, () => {}, gone.ask, pause)).toEqual(no('not_found'))
    expect(pause).not.toHaveBeenCalled()
  })
})
