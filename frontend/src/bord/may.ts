// What this seat may do with a note or a group in the step that is on: a mirror of
// backend/opgavebord/sprint/permissions.py, so that a screen offers only what will be accepted. The
// server asks again.

import type { Live, NoteView } from '../sync/live.svelte'
import type { Right } from '../sync/protocol'

export interface May {
  /** Change the text, give a voice, throw away and take back. */
  text: boolean
  /** Another place or zone, without going in or out of a group. */
  move: boolean
  /** Lay together, name, take apart. */
  group: boolean
}

const NOTHING: May = { text: false, move: false, group: false }

export function mayWith(live: Live, note: NoteView): May {
  if (note.hidden && !note.mine) return NOTHING
  return {
    text: has(live, 'wijzigen') || (note.mine && has(live, 'schrijven')),
    move: has(live, 'verplaatsen') || has(live, 'groeperen'),
    group: has(live, 'groeperen'),
  }
}

export function mayGroup(live: Live): boolean {
  return has(live, 'groeperen')
}

function has(live: Live, right: Right): boolean {
  if (live.role === 'begeleider') return true
  return live.role === 'deelnemer' && live.step !== null && live.step.may.includes(right)
}
