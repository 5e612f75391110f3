/* Lists as people paste them, one per line, and times as a clock shows them.

   A line of a list is a name ("America"), or a code and a name ("AME; America"), for a kern also
   its tile on the map ("AME; America; 2; 4"). Semicolons or tabs: both come out of a spreadsheet.
   A code that is not given is made from the name. */

import type { Listed, Village } from './desk'

const CODE = /^[A-Z0-9]{1,6}$/
const CODE_AND_NAME = /^([A-Z0-9]{1,6})\s+(\S.*)$/

export function lines(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
}

export function listed(text: string): Listed[] {
  return villages(text).map(({ code, title }) => ({ code, title }))
}

export function villages(text: string): Village[] {
  const taken = new Set<string>()
  const found = lines(text).map(parts)
  for (const { code } of found) if (code !== '') taken.add(code)
  return found.map(one => {
    if (one.code !== '') return one
    const code = madeCode(one.title, taken)
    taken.add(code)
    return { ...one, code }
  })
}

function parts(line: string): Village {
  const cells = line.split(/[;\t]/).map(cell => cell.trim())
  const whole = (cell: string | undefined) => (/^\d{1,2}$/.test(cell ?? '') ? Number(cell) : 0)
  if (cells.length === 1) {
    const both = CODE_AND_NAME.exec(line)
    return both
      ? { code: both[1] ?? '', title: both[2] ?? '', column: 0, row: 0 }
      : { code: '', title: line, column: 0, row: 0 }
  }
  const first = cells[0] ?? ''
  if (CODE.test(first) && cells[1] !== undefined && !/^\d{1,2}$/.test(cells[1])) {
    return { code: first, title: cells[1], column: whole(cells[2]), row: whole(cells[3]) }
  }
  return { code: '', title: first, column: whole(cells[1]), row: whole(cells[2]) }
}

/** Three letters of the name; a number behind them where another has these. */
function madeCode(title: string, taken: Set<string>): string {
  const letters = title
    .normalize('NFD')
    .replace(/[^A-Za-z0-9]/g, '')
    .toUpperCase()
  const first = letters.slice(0, 3) || 'X'
  if (!taken.has(first)) return first
  for (let n = 2; ; n++) if (!taken.has(`${first}${n}`)) return `${first}${n}`
}

export function asText(items: readonly (Listed | Village)[]): string {
  return items
    .map(item => {
      const tile = 'column' in item && (item.column > 0 || item.row > 0)
      return [item.code, item.title, ...(tile ? [item.column, item.row] : [])].join('; ')
    })
    .join('\n')
}

/** 1170 → "19.30", as people write it. */
export function clock(minutes: number): string {
  return field(minutes).replace(':', '.')
}

/** 1170 → "19:30", as a time field wants it. */
export function field(minutes: number): string {
  const hours = Math.floor(minutes / 60) % 24
  return `${String(hours).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** "19:30" → 1170; null where nothing is filled in. */
export function minutesOf(time: string): number | null {
  const found = /^(\d{2}):(\d{2})/.exec(time)
  return found ? Number(found[1]) * 60 + Number(found[2]) : null
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const changed = [...list]
  const [taken] = changed.splice(from, 1)
  if (taken !== undefined) changed.splice(to, 0, taken)
  return changed
}
