import { expect, it } from 'vitest'
import { wrong } from './travel'

it('says what the server said went wrong', () => {
  expect(wrong('{"code":"bad_request","message":"Dit is geen koffer."}')).toEqual({
    ok: false,
    code: 'bad_request',
    why: 'Dit is geen koffer.',
  })
})

it('has no words of its own for an answer that is not ours', () => {
  for (const told of ['', '<html>', '{}', 'null']) {
    expect(wrong(told)).toEqual({ ok: false, code: 'other', why: '' })
  }
})
