/* What was being written and never became a note, as a person reads it. A sentence that was being
   built is kept as its parts. */

export function readable(draft: string): string {
  try {
    const parts: unknown = JSON.parse(draft)
    if (parts && typeof parts === 'object') {
      return Object.values(parts)
        .filter(part => typeof part === 'string' && part.trim() !== '')
        .join(' ')
    }
  } catch {
    // plain words
  }
  return draft.trim()
}
