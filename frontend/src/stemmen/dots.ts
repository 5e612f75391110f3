// Arithmetic of the dots: what a voter has, what is left, and what lies where. A mirror of the rules
// in backend/opgavebord/sprint/votes.py, so that a button is only there when it will be accepted;
// the server counts again.

import type { Ballot, Result, Round } from '../sync/protocol'

/** Who gives dots on this screen: a seat, one turn of a tablet that goes round, or a whole table. */
export interface Voter {
  seat: string
  turn: number
  table: string | null
}

/** The ballot of this voter, if there is one already. Somebody else's is not readable anyway. */
export function ballotOf(
  round: Round,
  ballots: Iterable<Ballot>,
  voter: Voter,
): Ballot | undefined {
  for (const ballot of ballots) {
    if (ballot.round !== round.id || ballot.paper) continue
    if (round.per === 'tafel') {
      if (ballot.shared && voter.table !== null && ballot.table === voter.table) return ballot
    } else if (!ballot.shared && ballot.seat === voter.seat && ballot.turn === voter.turn) {
      return ballot
    }
  }
  return undefined
}

export function given(ballot: Ballot | undefined, item: string): number {
  return ballot?.dots[item] ?? 0
}

export function spent(ballot: Ballot | undefined): number {
  let sum = 0
  for (const dots of Object.values(ballot?.dots ?? {})) sum += dots
  return sum
}

export function leftOf(round: Round, ballot: Ballot | undefined): number {
  return Math.max(0, round.budget - spent(ballot))
}

/** Whether one more dot may lie on an item. */
export function mayAdd(round: Round, ballot: Ballot | undefined, item: string): boolean {
  return (
    round.open &&
    round.items.includes(item) &&
    leftOf(round, ballot) > 0 &&
    given(ballot, item) < round.most
  )
}

export function mayTake(round: Round, ballot: Ballot | undefined, item: string): boolean {
  return round.open && given(ballot, item) > 0
}

/** The items from heavy to light; what is equal keeps the order of the round. */
export function byWeight(round: Round): Result[] {
  const results = new Map(round.result.map(result => [result.item, result]))
  return round.items
    .map(item => results.get(item) ?? { item, dots: 0, paper: 0, kinds: [] })
    .map((result, at) => ({ result, at }))
    .sort((a, b) => b.result.dots - a.result.dots || a.at - b.at)
    .map(({ result }) => result)
}

/** Dots that nobody's kind may be told of: too few of them voted. */
export function withoutKind(result: Result): number {
  let told = 0
  for (const { dots } of result.kinds) told += dots
  return Math.max(0, result.dots - result.paper - told)
}
