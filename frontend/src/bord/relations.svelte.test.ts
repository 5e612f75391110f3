import { flushSync } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { expect, it } from 'vitest'
import { PLAIN } from '../sync/hall/server'
import { type Live, NoteView } from '../sync/live.svelte'
import type { Mark, Redaction } from '../sync/protocol'
import { relationsOf } from './relations.svelte'

class Stage {
  me = { id: 'ik', role: 'deelnemer' }
  place = null
  everyNote = new SvelteMap<string, NoteView>()
  marks = new SvelteMap<string, Mark>()
  redactions = new SvelteMap<string, Redaction>()
  shelf(kind: string): SvelteMap<string, unknown> {
    return (kind === 'mark' ? this.marks : this.redactions) as SvelteMap<string, unknown>
  }
  get live(): Live {
    return this as unknown as Live
  }
  note(id: string, about: string | null, at: number): NoteView {
    const view = new NoteView({ ...PLAIN, id, about, at, type: about ? 'bezwaar' : '' })
    this.everyNote.set(id, view)
    return view
  }
  mark(id: string, what: Mark['what'], seat: string | null, more: Partial<Mark> = {}): void {
    this.marks.set(id, {
      kind: 'mark',
      id,
      note: 'n',
      what,
      seat,
      turn: 0,
      stem: null,
      gone: false,
      ...more,
    })
  }
}

it('gathers objections by what they are about, the oldest first, without those taken back', () => {
  const stage = new Stage()
  stage.note('b', 'n', 2)
  const first = stage.note('a', 'n', 1)
  stage.note('c', 'iets anders', 3)
  const relations = relationsOf(stage.live)
  expect(relations.about('n').map(note => note.id)).toEqual(['a', 'b'])
  first.gone = true
  expect(relations.about('n').map(note => note.id)).toEqual(['b'])
})

it('counts marks, and knows which are mine in this turn', () => {
  const stage = new Stage()
  stage.mark('1', 'herken_ik', 'ik')
  stage.mark('2', 'herken_ik', null)
  stage.mark('3', 'herken_niet', null, { gone: true })
  stage.mark('4', 'steun', 'ik', { turn: 4 })
  const marks = relationsOf(stage.live).marksOf('n')
  expect(marks).toEqual({ herken_ik: 2, herken_niet: 0, steun: 1, mine: { herken_ik: true } })
})

it('lets a required redaction go before every other', () => {
  const stage = new Stage()
  const redact = (id: string, at: number, required: boolean) =>
    stage.redactions.set(id, {
      kind: 'redaction',
      id,
      note: 'n',
      text: id,
      role: 'bureau',
      reason: '',
      required,
      at,
      gone: false,
    })
  redact('eerste', 1, false)
  redact('moet', 2, true)
  redact('laatste', 3, false)
  expect(relationsOf(stage.live).redactionOf('n')?.id).toBe('moet')
})

it('goes on when the screen that asked first is gone', () => {
  const stage = new Stage()
  const seen: number[] = []
  const watch = () =>
    $effect.root(() => {
      const count = $derived(relationsOf(stage.live).marksOf('n').herken_ik)
      $effect(() => void seen.push(count))
    })
  const first = watch()
  flushSync()
  first()
  const second = watch()
  flushSync()
  stage.mark('1', 'herken_ik', 'ik')
  flushSync()
  second()
  expect(seen).toEqual([0, 0, 1])
})
