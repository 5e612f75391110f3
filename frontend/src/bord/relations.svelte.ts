// What notes, groups and marks say of each other, gathered once for a whole screen: objections by
// what they are about, marks and redactions by note. A card that asks is woken only when the answer
// to a question like its own changed somewhere.
//
// One of these belongs to each `Live`; `relationsOf` finds it.

import type { Live, NoteView } from '../sync/live.svelte'
import type { Mark, Redaction } from '../sync/protocol'

type MarkOf = Mark['what']

export interface Marks {
  herken_ik: number
  herken_niet: number
  steun: number
  /** Of this seat, in the turn it is in. */
  mine: Partial<Record<MarkOf, boolean>>
}

const NO_NOTES: readonly NoteView[] = []
const NO_MARKS: Marks = { herken_ik: 0, herken_niet: 0, steun: 0, mine: {} }

/** Notes that go along with something else instead of lying by themselves. */
export const OBJECTIONS: readonly string[] = ['bezwaar', 'voorwaarde']

export class Relations {
  private readonly live: Live

  /** Show only what was said at this table. */
  table = $state<string | null>(null)

  constructor(live: Live) {
    this.live = live
  }

  private readonly byTarget = $derived.by(() => {
    const found = new Map<string, NoteView[]>()
    for (const note of this.live.everyNote.values()) {
      if (note.about === null || note.gone) continue
      const others = found.get(note.about)
      if (others) others.push(note)
      else found.set(note.about, [note])
    }
    for (const notes of found.values()) notes.sort((a, b) => a.at - b.at)
    return found
  })

  private readonly marked = $derived.by(() => {
    const seat = this.live.me?.id ?? null
    const turn = this.live.place?.stand === 'doorgeven' ? this.live.place.turn : 0
    const found = new Map<string, Marks>()
    for (const mark of this.live.shelf('mark').values()) {
      if (mark.gone) continue
      let marks = found.get(mark.note)
      if (!marks) {
        marks = { herken_ik: 0, herken_niet: 0, steun: 0, mine: {} }
        found.set(mark.note, marks)
      }
      marks[mark.what]++
      if (seat !== null && mark.seat === seat && mark.turn === turn) marks.mine[mark.what] = true
    }
    return found
  })

  private readonly redacted = $derived.by(() => {
    const found = new Map<string, Redaction>()
    for (const redaction of this.live.shelf('redaction').values()) {
      if (redaction.gone) continue
      const other = found.get(redaction.note)
      // The last required one counts; without one, the last.
      if (
        !other ||
        (redaction.required === other.required ? redaction.at >= other.at : redaction.required)
      ) {
        found.set(redaction.note, redaction)
      }
    }
    return found
  })

  /** Objections and conditions about a note or a group, the oldest first. */
  about(id: string): readonly NoteView[] {
    return this.byTarget.get(id) ?? NO_NOTES
  }

  marksOf(id: string): Marks {
    return this.marked.get(id) ?? NO_MARKS
  }

  redactionOf(id: string): Redaction | null {
    return this.redacted.get(id) ?? null
  }
}

const known = new WeakMap<Live, Relations>()

/** In a root of its own: what is gathered belongs to the screen, not to the first card that asked,
 * and must not stand still when that card is gone. */
export function relationsOf(live: Live): Relations {
  let relations = known.get(live)
  if (!relations) {
    $effect.root(() => {
      relations = new Relations(live)
    })
    known.set(live, relations as unknown as Relations)
  }
  return relations as unknown as Relations
}
