import { describe, expect, it } from 'vitest'
import type { Box } from './layout'
import { inTime, type Lane, laneName, lanesOf, layLanes, layTimePlane, yearOf } from './years'

describe('the year in what somebody wrote', () => {
  it.each([
    ['2016', 2016],
    ['sinds 1998', 1998],
    ['1994-2003', 1994],
    ["zomer '09", 2009],
    ['’85', 1985],
    ['al heel lang', null],
    ['06-12345678', null],
    ['12016', null],
    ['', null],
  ])('%s', (written, year) => {
    expect(yearOf(written)).toBe(year)
  })
})

it('puts the oldest first, who has no year last, and changes nothing else', () => {
  const notes = ['2016', 'ooit', '1998', '2016 ook', 'altijd']
  expect(inTime(notes, note => note)).toEqual(['1998', '2016', '2016 ook', 'ooit', 'altijd'])
})

describe('lanes', () => {
  const notes = [1950, 1998, 1998, 1999, 2016, 2017, null].map((year, at) => ({
    id: `n${at}`,
    year,
  }))

  it('are one a year', () => {
    const lanes = lanesOf(notes, 10)
    expect(lanes.map(laneName)).toEqual(['1950', '1998', '1999', '2016', '2017', ''])
    expect(lanes[1]?.notes).toEqual(['n1', 'n2'])
  })

  it('take the nearest years together where there are too many', () => {
    expect(lanesOf(notes, 4).map(laneName)).toEqual(['1950', '1998–1999', '2016–2017', ''])
    expect(lanesOf(notes, 1).map(laneName)).toEqual(['1950–2017', ''])
  })

  it('lose no note', () => {
    for (let most = 0; most < 9; most++) {
      const all = lanesOf(notes, most).flatMap(lane => lane.notes)
      expect(all).toEqual(notes.map(note => note.id))
    }
  })
})

describe('under the years', () => {
  const lane = (year: number | null, count: number): Lane => ({
    from: year,
    to: year,
    notes: Array.from({ length: count }, (_, at) => `y${year}n${at}`),
  })

  it.each([
    [300, 200],
    [640, 280],
    [300, 60],
  ])('everything fits %i by %i, and time goes to the right', (width, height) => {
    for (const counts of [[1], [3, 1, 2], [12, 30, 7, 1], [0, 90]]) {
      const lanes = counts.map((count, at) => lane(1990 + at, count))
      const groups = [{ id: 'g', notes: ['a', 'b', 'c'] }]
      const laid = layLanes(groups, lanes, width, height)
      expect(laid.left).toBe(0)
      const boxes = [...laid.notes.values()]
      expect(boxes).toHaveLength(counts.reduce((sum, count) => sum + count, 3))
      for (const box of [...boxes, ...laid.groups.values()]) {
        expect(box.x >= 0 && box.x + box.w <= width + 0.01).toBe(true)
        expect(box.y >= 0 && box.y + box.h <= height + 0.01).toBe(true)
      }
      boxes.forEach((a, i) => {
        for (const b of boxes.slice(i + 1)) {
          const apart =
            a.x + a.w <= b.x + 0.01 ||
            b.x + b.w <= a.x + 0.01 ||
            a.y + a.h <= b.y + 0.01 ||
            b.y + b.h <= a.y + 0.01
          expect(apart).toBe(true)
        }
      })
      lanes.slice(1).forEach((later, at) => {
        const right = (one: Lane) =>
          Math.max(...one.notes.map(id => (laid.notes.get(id) as Box).x), 0)
        const left = (one: Lane) =>
          Math.min(...one.notes.map(id => (laid.notes.get(id) as Box).x), width)
        expect(right(lanes[at] as Lane)).toBeLessThan(left(later))
      })
    }
  })
})

describe('the plane of time', () => {
  it('is one line from left to right, with what was learnt below it', () => {
    const { time, learnt, stacked } = layTimePlane(6, 1000, 640, 12)
    expect(stacked).toBe(false)
    expect(time.map(box => Math.round(box.x))).toEqual([0, 333, 667])
    expect(learnt).toHaveLength(3)
    for (const box of learnt) {
      expect(box.y).toBeGreaterThan(640 / 2)
      expect(box.y + box.h).toBeLessThanOrEqual(640.01)
    }
  })

  it('goes down on a phone', () => {
    const { time, stacked } = layTimePlane(6, 304, 470, 8)
    expect(stacked).toBe(true)
    expect(new Set(time.map(box => box.x)).size).toBe(1)
    expect(time[2]?.y).toBeGreaterThan(time[1]?.y as number)
  })

  it('can do with less', () => {
    expect(layTimePlane(0, 300, 300, 8).time).toEqual([])
    expect(layTimePlane(2, 900, 300, 8).learnt).toEqual([])
  })
})
