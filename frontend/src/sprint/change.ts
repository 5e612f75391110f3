// A change set: what one event does to the records. Apply it, and get its inverse back. The mirror
// of backend/opgavebord/sprint/change.py; both are held to tests/vectors/change.json.

import type { Change, Kind, Operation } from '../sync/protocol'
import { type AnyRecord, keyOf, type Note, type Sprint } from './sprint'
import * as text from './text'

/** A change that does not fit the sprint. For a prediction: it may be wrong, and is left out. */
export class BadChange extends Error {}

/** Carries out a change in place and returns its inverse. When it does not fit, nothing is done. */
export function apply(sprint: Sprint, change: Change): Change {
  const undone: Change = []
  try {
    for (const operation of change) {
      const inverse = inverseOf(sprint, operation)
      carryOut(sprint, operation)
      undone.unshift(inverse)
    }
  } catch (trouble) {
    for (const operation of undone) carryOut(sprint, operation)
    throw trouble instanceof BadChange ? trouble : new BadChange(String(trouble))
  }
  return undone
}

/** The addresses of all records a change writes, each once. */
export function touched(change: Change): Set<string> {
  const seen = new Set<string>()
  for (const operation of change) {
    if (operation.op === 'put') seen.add(keyOf(operation.record.kind, operation.record.id))
    else if (operation.op === 'text') seen.add(keyOf('note', operation.id))
    else seen.add(keyOf(operation.kind, operation.id))
  }
  return seen
}

function carryOut(sprint: Sprint, operation: Operation): void {
  switch (operation.op) {
    case 'put':
      sprint.put(operation.record)
      break
    case 'patch':
      sprint.put(patched(existing(sprint, operation.kind, operation.id), operation.set))
      break
    case 'text': {
      const note = existing(sprint, 'note', operation.id) as Note
      sprint.put({ ...note, text: text.apply(note.text, operation.edit) })
      break
    }
    case 'drop':
      existing(sprint, operation.kind, operation.id)
      sprint.drop(operation.kind, operation.id)
  }
}

function inverseOf(sprint: Sprint, operation: Operation): Operation {
  switch (operation.op) {
    case 'put': {
      const { kind, id } = operation.record
      const before = sprint.find(kind, id)
      return before ? { op: 'put', record: before } : { op: 'drop', kind, id }
    }
    case 'patch': {
      const before = existing(sprint, operation.kind, operation.id) as unknown as Fields
      const set: Fields = {}
      for (const field of Object.keys(operation.set)) set[field] = before[field]
      return { op: 'patch', kind: operation.kind, id: operation.id, set }
    }
    case 'text': {
      const note = existing(sprint, 'note', operation.id) as Note
      return { op: 'text', id: operation.id, edit: text.invert(note.text, operation.edit) }
    }
    case 'drop':
      return { op: 'put', record: existing(sprint, operation.kind, operation.id) }
  }
}

type Fields = { [field: string]: unknown }

function existing(sprint: Sprint, kind: Kind, id: string): AnyRecord {
  const found = sprint.find(kind, id)
  if (!found) throw new BadChange(`no ${kind} ${id}`)
  return found
}

function patched(record: AnyRecord, set: Fields): AnyRecord {
  if ('id' in set || 'kind' in set) throw new BadChange('a record keeps its id')
  return { ...record, ...set } as AnyRecord
}
