/* What a picture of the wall is made of, read from a live sprint. Reading it in a $derived makes
   the picture follow. */

import type { Live } from '../sync/live.svelte'
import type { Wall } from '../sync/protocol'
import type { Hall } from './picture'

export function countsOf(live: Live): { open: number; secret: number } {
  let open = 0
  let secret = 0
  for (const note of live.notes.values()) {
    if (note.gone) continue
    if (note.hidden) secret++
    else open++
  }
  return { open, secret }
}

export const TURN_MS = 12_000

/** `wall`: as if this stood on it, for a preview. */
export function hallOf(
  live: Live,
  {
    wall = live.wall,
    turn = 0,
    whole = false,
  }: { wall?: Wall | null; turn?: number; whole?: boolean } = {},
): Hall {
  return {
    turn,
    whole,
    evening: live.ready ? live.evening : null,
    step: live.step,
    wall,
    tally: live.tally,
    round: live.round,
    kernen: live.shelf('kern'),
    stemmen: live.shelf('stem'),
    groups: live.shelf('group').values(),
    beloften: live.shelf('belofte').values(),
    open: countsOf(live).open,
    here: live.people,
  }
}
