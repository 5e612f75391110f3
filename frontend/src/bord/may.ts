// What this seat may do with a note or a group in the step that is on: a mirror of
// backend/opgavebord/sprint/permissions.py, so that a screen offers only what will be accepted. The
// server asks again.

import { whyNot, whyNotIn } from '../schrijf/may'
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

const AGAINST: readonly string[] = ['bezwaar', 'voorwaarde']
const NOTHING: May = { text: false, move: false, group: false }

export function mayWith(live: Live, note: NoteView): May {
  if (closed(note)) return NOTHING
  if (live.role === 'tafelbegeleider' && !note.mine && !atOwnTable(live, note.table)) return NOTHING
  // Nobody else changes a sentence: it gets a next version. And an objection stays as it was said.
  const theirs = !note.mine && (note.type === 'bedoeling' || AGAINST.includes(note.type))
  return {
    text: (has(live, 'wijzigen') || (note.mine && has(live, 'schrijven'))) && !theirs,
    move: has(live, 'verplaatsen') || has(live, 'groeperen'),
    group: has(live, 'groeperen'),
  }
}

/** Somebody else's, still private: it is there, and nothing more is known of it. */
export function closed(note: NoteView): boolean {
  return note.hidden && !note.mine && note.text === ''
}

function atOwnTable(live: Live, table: string | null): boolean {
  return table !== null && table === live.place?.table
}

export function mayGroup(live: Live): boolean {
  return has(live, 'groeperen')
}

/** *Herken ik*, *herken ik niet* and support: in any step. */
export function mayMark(live: Live): boolean {
  return inTheHall(live)
}

/** An objection or a condition: in any step that is not frozen. */
export function mayObject(live: Live): boolean {
  return inTheHall(live) || live.role === 'begeleider' || live.role === 'oogst'
}

/** Dots: in a step for it. */
export function mayVote(live: Live): boolean {
  return inTheHall(live) && has(live, 'stemmen')
}

/** One's village and how one is here. */
export function mayTap(live: Live): boolean {
  return inTheHall(live) || live.role === 'begeleider'
}

/** Whether a new note may be written in a zone of the board that is on. */
export function mayWriteIn(live: Live, id: string): boolean {
  const zone = live.shelf('zone').get(id)
  const writes = inTheHall(live) || live.role === 'begeleider'
  if (!writes || zone === undefined || zone.write === 'niemand') return false
  return whyNot(live) === null && whyNotIn(zone, live) === null
}

function inTheHall(live: Live): boolean {
  const hall = live.role === 'deelnemer' || live.role === 'tafelbegeleider'
  return hall && !stopped(live)
}

/** *Even luisteren*, or the evening is over. */
function stopped(live: Live): boolean {
  return live.evening?.frozen === true || live.evening?.phase === 'closed'
}

function has(live: Live, right: Right): boolean {
  if (live.role === 'begeleider') return true
  if (stopped(live)) return false
  if (live.role === 'tafelbegeleider') return true
  return live.role === 'deelnemer' && live.step !== null && live.step.may.includes(right)
}
