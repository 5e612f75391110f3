// Order among siblings: integer ranks with room between them. The mirror of
// backend/opgavebord/sprint/placement.py, held to tests/vectors/placement.json.
//
// A newcomer between two others gets the rank halfway; where there is no room left all siblings are
// tidied: numbered anew, GAP apart, in the order they have.

export const GAP = 65_536

export interface Sibling {
  rank: number
  id: string
}

/** Ranks for `count` newcomers before a sibling (null, or no such sibling: at the end), and the new ranks of tidied siblings. */
export function ranksBefore(
  siblings: readonly Sibling[],
  before: string | null,
  count = 1,
): { ranks: number[]; tidied: Map<string, number> } {
  const each = (rank: (index: number) => number) => Array.from({ length: count }, (_, i) => rank(i))
  const tidied = new Map<string, number>()
  const found = before === null ? -1 : siblings.findIndex(sibling => sibling.id === before)
  const at = found < 0 ? siblings.length : found
  const next = siblings[at]
  const previous = siblings[at - 1]
  if (!next) return { ranks: each(i => (previous?.rank ?? 0) + GAP * (i + 1)), tidied }
  if (!previous) return { ranks: each(i => next.rank - GAP * (count - i)), tidied }
  const space = next.rank - previous.rank
  if (space > count) {
    const ranks = each(i => previous.rank + Math.floor((space * (i + 1)) / (count + 1)))
    return { ranks, tidied }
  }
  siblings.forEach((sibling, index) => {
    const rank = GAP * (index + 1 + (index >= at ? count : 0))
    if (rank !== sibling.rank) tidied.set(sibling.id, rank)
  })
  return { ranks: each(i => GAP * (at + i + 1)), tidied }
}

/** The rank for one newcomer, and the new ranks of tidied siblings. */
export function rankBefore(
  siblings: readonly Sibling[],
  before: string | null,
): { rank: number; tidied: Map<string, number> } {
  const { ranks, tidied } = ranksBefore(siblings, before)
  return { rank: ranks[0] as number, tidied }
}
