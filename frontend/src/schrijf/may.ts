/* Whether somebody may write here now, and if not, why. The mirror of what notes.py asks, so that a
   screen says it beforehand; the server asks again. */

import type { Evening, Place, Role, Step, Zone } from '../sync/protocol'

/** `step`: nobody writes in this step. The others say who does. */
export type WhyNot = 'frozen' | 'closed' | 'step' | 'scribe' | 'facilitator' | 'nobody'

export interface Writer {
  role: Role
  evening: Pick<Evening, 'frozen' | 'phase'> | null
  step: Pick<Step, 'may' | 'write'> | null
  place: Pick<Place, 'stand'> | null
}

const PARTICIPANT: Role = 'deelnemer'

/** In the step that is on. Null: they may. */
export function whyNot({ role, evening, step, place }: Writer): WhyNot | null {
  if (evening?.frozen) return 'frozen'
  if (evening?.phase === 'closed') return 'closed'
  if (role !== PARTICIPANT) return null
  if (!step?.may.includes('schrijven')) return 'step'
  return unlike(step.write, place)
}

/** In this zone, as far as the zone says it. */
export function whyNotIn(
  zone: Pick<Zone, 'write' | 'tap'>,
  { role, place }: Writer,
): WhyNot | null {
  if (zone.tap) return 'nobody'
  return role === PARTICIPANT ? unlike(zone.write, place) : null
}

function unlike(write: Step['write'], place: Writer['place']): WhyNot | null {
  switch (write) {
    case 'schrijver':
      return place?.stand === 'notuleren' ? null : 'scribe'
    case 'begeleider':
      return 'facilitator'
    case 'niemand':
      return 'nobody'
    default:
      return null
  }
}
