import { expect, test } from 'vitest'
import { UndoStacks } from './undo'

test('undo and redo go by name, and a new deed forgets what could be redone', () => {
  const stacks = new UndoStacks()
  let asked = 0
  const ask = (of: string) => `undo${++asked} of ${of}`
  stacks.did('a')
  stacks.did('b')
  stacks.undo(ask)
  expect([stacks.canUndo, stacks.canRedo]).toEqual([true, true])
  stacks.redo(ask)
  stacks.undo(ask)
  stacks.undo(ask)
  expect(asked).toBe(4)
  expect(stacks.canUndo).toBe(false)
  stacks.did('c')
  expect(stacks.canRedo).toBe(false)
  stacks.forget('c')
  expect(stacks.canUndo).toBe(false)
})

test('typing on in one edit is one deed', () => {
  const stacks = new UndoStacks()
  stacks.did('a')
  stacks.did('a')
  stacks.undo(() => 'u')
  expect(stacks.canUndo).toBe(false)
})
