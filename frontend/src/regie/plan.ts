/* Reading the plan of the evening: what comes next, what came before, and about when. Pure.

   - A step that is skipped stays in the plan and is never next or previous.
   - The plan goes over the boards: after the last step of one comes the first of the next. */

import type { Board, Step } from '../sync/protocol'

type Planned = Pick<Step, 'id' | 'board' | 'minutes' | 'skipped'>

export function nextOf<S extends Planned>(plan: readonly S[], at: string | null): S | undefined {
  const from = plan.findIndex(step => step.id === at)
  return plan.slice(from + 1).find(step => !step.skipped)
}

export function previousOf<S extends Planned>(
  plan: readonly S[],
  at: string | null,
): S | undefined {
  const from = plan.findIndex(step => step.id === at)
  return plan.slice(0, Math.max(0, from)).findLast(step => !step.skipped)
}

export interface Part<S, B> {
  board: B
  steps: S[]
}

/** The steps under the board they belong to, in the order of the plan. */
export function partsOf<S extends Planned, B extends Pick<Board, 'id'>>(
  plan: readonly S[],
  boards: ReadonlyMap<string, B>,
): Part<S, B>[] {
  const parts: Part<S, B>[] = []
  for (const step of plan) {
    const last = parts.at(-1)
    if (last?.board.id === step.board) last.steps.push(step)
    else {
      const board = boards.get(step.board)
      if (board) parts.push({ board, steps: [step] })
    }
  }
  return parts
}

/** Before which one it lands when it goes one place up or down; undefined where it can not. */
export function beforeWhich(
  row: readonly { id: string }[],
  id: string,
  way: 'up' | 'down',
): string | null | undefined {
  const at = row.findIndex(one => one.id === id)
  if (at < 0) return undefined
  if (way === 'up') return row[at - 1]?.id
  if (at === row.length - 1) return undefined
  return row[at + 2]?.id ?? null
}

const MINUTE_MS = 60_000

/** About when each coming step begins, if everything from now on takes the minutes it has. */
export function expected(
  plan: readonly Planned[],
  at: string | null,
  now: number,
  timerEnds: number | null,
): Map<string, number> {
  const times = new Map<string, number>()
  const from = plan.findIndex(step => step.id === at)
  const here = plan[from]
  let time = now
  if (timerEnds !== null) time = Math.max(now, timerEnds)
  else if (here) time += here.minutes * MINUTE_MS
  for (const step of plan.slice(from + 1)) {
    if (step.skipped) continue
    times.set(step.id, time)
    time += step.minutes * MINUTE_MS
  }
  return times
}
