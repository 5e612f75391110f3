/* Where a caret goes when the text around it changes from elsewhere: it stays between the same
   neighbours. The change is taken as one stretch between the common beginning and end. */

export function moveCaret(before: string, after: string, caret: number): number {
  const shortest = Math.min(before.length, after.length)
  let head = 0
  while (head < shortest && before[head] === after[head]) head++
  let tail = 0
  while (
    tail < shortest - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++
  }
  if (caret <= head) return caret
  if (caret >= before.length - tail) return caret + after.length - before.length
  return after.length - tail
}
