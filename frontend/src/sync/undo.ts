// What I did, to take back: names of my own commands only, never of anybody else's. The server does
// the undoing, by name; a redo is the undo of the undo.

import type { AnyCommand } from './protocol'

const LIMIT = 100 // limits.UNDO_PER_SEAT

/** What a person does on the board. Directing the evening, and what a seat says of itself, is not
 * undone but done anew. */
export function undoable({ do: what }: AnyCommand): boolean {
  return /^(note|cluster|group|belofte)\./.test(what) || what === 'vote.give'
}

export class UndoStacks {
  private done: string[] = []
  private undone: string[] = []

  get canUndo(): boolean {
    return this.done.length > 0
  }
  get canRedo(): boolean {
    return this.undone.length > 0
  }

  /** A new deed: what was taken back before it can not be done again. */
  did(name: string): void {
    if (this.done[this.done.length - 1] === name) return // typed on in the same edit
    this.done.push(name)
    if (this.done.length > LIMIT) this.done.shift()
    this.undone = []
  }

  /** Takes back the last deed: `ask` asks for the undo of a name and returns its own name. */
  undo(ask: (of: string) => string): void {
    const of = this.done.pop()
    if (of !== undefined) this.undone.push(ask(of))
  }

  redo(ask: (of: string) => string): void {
    const of = this.undone.pop()
    if (of !== undefined) this.done.push(ask(of))
  }

  clear(): void {
    this.done = []
    this.undone = []
  }

  /** It was refused: there is nothing to take back. */
  forget(name: string): void {
    this.done = this.done.filter(other => other !== name)
    this.undone = this.undone.filter(other => other !== name)
  }

  rename(from: string, to: string): void {
    this.done = this.done.map(name => (name === from ? to : name))
    this.undone = this.undone.map(name => (name === from ? to : name))
  }
}
