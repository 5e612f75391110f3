// Which voices were heard at a table. Pure: what one table said, from the notes this screen may read.

export interface Said {
  table: string | null
  stem: string | null
  gone: boolean
}

export function heardAt(notes: Iterable<Said>, table: string): Set<string> {
  const heard = new Set<string>()
  for (const note of notes) {
    if (note.table === table && note.stem !== null && !note.gone) heard.add(note.stem)
  }
  return heard
}
