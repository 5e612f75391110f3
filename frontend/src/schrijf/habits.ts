/* What this browser chose last, so that the next note needs no choosing. Per sprint. */

export type Habit = 'zone' | 'stem'

export function lastChosen(sprint: string, habit: Habit): string | null {
  try {
    return localStorage.getItem(`opgavebord.${sprint}.${habit}`)
  } catch {
    return null
  }
}

export function chose(sprint: string, habit: Habit, id: string | null): void {
  try {
    if (id === null) localStorage.removeItem(`opgavebord.${sprint}.${habit}`)
    else localStorage.setItem(`opgavebord.${sprint}.${habit}`, id)
  } catch {
    // A browser that keeps nothing: choosing again is all it costs.
  }
}

export function forgetHabits(sprint: string): void {
  chose(sprint, 'zone', null)
  chose(sprint, 'stem', null)
}
