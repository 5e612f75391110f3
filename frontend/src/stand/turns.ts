/* Which turn is open on this tab. A page that is loaded again in the middle of a turn goes on with it;
   one that was handed on shows the curtain until somebody says that it is their turn. */

const SHELF = 'opgavebord.beurt'

export function openTurn(sprint: string): number | null {
  try {
    const [at, turn] = (sessionStorage.getItem(SHELF) ?? '').split('/')
    return at === sprint && turn ? Number(turn) : null
  } catch {
    return null
  }
}

/** `turn` null: none is open. */
export function rememberTurn(sprint: string, turn: number | null): void {
  try {
    if (turn === null) sessionStorage.removeItem(SHELF)
    else sessionStorage.setItem(SHELF, `${sprint}/${turn}`)
  } catch {
    // Then the curtain shows once more.
  }
}
