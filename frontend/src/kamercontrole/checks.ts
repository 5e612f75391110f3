/* What the room check makes of what it measured. Pure; the words stand in words.ts. */

export type Level = 'goed' | 'let op' | 'fout'

/** What is told to the begeleider, in this order: short words by short names. */
export interface Findings {
  bord: Level
  wifi: Level
  klok: Level
  opslag: Level
  batterij?: Level
  proefbriefje?: Level
}

const SLOW_MS = 400
const CLOCK_MS = 90_000
const LOW = 0.5

/** So long the board took to answer; null: it never did. */
export function answered(ms: number | null): Level {
  if (ms === null) return 'fout'
  return ms <= SLOW_MS ? 'goed' : 'let op'
}

/** This clock beside the server's. The board counts with the difference, so it is never wrong. */
export function clock(offset: number): Level {
  return Math.abs(offset) <= CLOCK_MS ? 'goed' : 'let op'
}

export function storage(canKeep: boolean, persists: boolean): Level {
  if (!canKeep) return 'fout'
  return persists ? 'goed' : 'let op'
}

export function battery(level: number, charging: boolean): Level {
  return charging || level >= LOW ? 'goed' : 'let op'
}

/** A hall's Wi-Fi that wants something first answers for the board, with a page of its own. */
export function ownAnswer(status: number, redirected: boolean, body: unknown): Level {
  const ours = typeof body === 'object' && body !== null
  return status === 200 && !redirected && ours ? 'goed' : 'fout'
}

/** The worst of all; a browser that may tidy up is no reason to worry. */
export function summary(found: Findings): Level {
  const { opslag, ...others } = found
  const levels: (Level | undefined)[] = [
    ...Object.values(others),
    opslag === 'fout' ? 'fout' : 'goed',
  ]
  if (levels.includes('fout')) return 'fout'
  return levels.includes('let op') ? 'let op' : 'goed'
}
