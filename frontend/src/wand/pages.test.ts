import { describe, expect, it } from 'vitest'
import { layOut, notesOn, type Room, type Section } from './pages'

const ROOM: Room = { columns: 3, height: 600, gap: 10, cards: 9, loose: 30 }

function section(zone: string, heights: number[], cluster: string | null = null): Section {
  const cards = heights.map((height, i) => ({ id: `${zone}${cluster ?? ''}${i}`, height }))
  return { zone, heading: 50, groups: [{ cluster, heading: cluster ? 40 : 0, cards }] }
}

const heightOf = (sections: Section[], kind: string, id: string): number => {
  for (const s of sections) {
    if (kind === 'zone' && s.zone === id) return s.heading
    for (const g of s.groups) {
      if (kind === 'cluster' && g.cluster === id) return g.heading
      for (const c of g.cards) if (kind === 'note' && c.id === id) return c.height
    }
  }
  return 0
}

describe('the pages of the wall', () => {
  it('has no page without a note', () => {
    expect(layOut([], ROOM)).toEqual([])
  })

  it('shows every note once, in order, at most nine a page, none beyond the edge', () => {
    const sections = [
      section('a', Array(14).fill(150)),
      section('b', [90]),
      section('c', [200, 80, 300, 120, 400, 60, 90], 'k'),
    ]
    const pages = layOut(sections, ROOM)
    const all = sections.flatMap(s => s.groups.flatMap(g => g.cards.map(c => c.id)))
    expect(pages.flatMap(notesOn)).toEqual(all)
    for (const page of pages) {
      expect(notesOn(page).length).toBeLessThanOrEqual(9)
      expect(page.columns.length).toBeLessThanOrEqual(3)
      for (const column of page.columns) {
        expect(column[0]?.kind).toBe('zone')
        expect(column.at(-1)?.kind).toBe('note')
        const tall = column.reduce((sum, b) => sum + heightOf(sections, b.kind, b.id), 0)
        expect(tall).toBeLessThanOrEqual(ROOM.height)
      }
    }
  })

  it('says where the notes of a group end and the loose ones begin', () => {
    const zone = section('a', [100], 'k')
    zone.groups.push({ cluster: null, heading: 0, cards: [{ id: 'x', height: 100 }] })
    const [page] = layOut([zone], { ...ROOM, columns: 1 })
    expect(page?.columns[0]?.map(block => block.kind)).toEqual([
      'zone',
      'cluster',
      'note',
      'loose',
      'note',
    ])
  })

  it('spreads a few notes over the columns', () => {
    const [page] = layOut([section('a', [100]), section('b', [100]), section('c', [100])], ROOM)
    expect(page?.columns.map(column => column.length)).toEqual([2, 2, 2])
  })

  it('gives a card that is too tall a column of its own', () => {
    const pages = layOut([section('a', [5000, 100])], ROOM)
    expect(pages.flatMap(notesOn)).toEqual(['a0', 'a1'])
  })
})
