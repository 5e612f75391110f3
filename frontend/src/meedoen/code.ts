/* The join code while it is typed: "abc def", "ABC-DEF" and "a b c d e f" are all ABC-DEF.

   The caret stays behind the character it stood behind, wherever the dash comes or goes. */

export const CODE_CHARACTERS = 6
const HALF = 3

/** The characters that count, at most six. */
export function bare(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, CODE_CHARACTERS)
}

/** As it is shown. The dash appears with the fourth character, so that wiping one just works. */
export function shown(typed: string): string {
  const code = bare(typed)
  return code.length > HALF ? `${code.slice(0, HALF)}-${code.slice(HALF)}` : code
}

/** Where the caret belongs in what is shown, given where it stood in what was typed. */
export function caretIn(typed: string, caret: number): number {
  const before = bare(typed.slice(0, caret)).length
  return before > HALF ? before + 1 : before
}

/** What the link in the QR carries, if that is what was pasted. */
export function tokenIn(text: string): string | null {
  return /#t=([A-Za-z0-9_-]{16,})/.exec(text)?.[1] ?? null
}

/** The table in the link on its card: `#t=<token>&tafel=<table>`. */
export function tableIn(text: string): string | null {
  return /[#&]tafel=([A-Za-z0-9_-]{4,32})(?:&|$)/.exec(text)?.[1] ?? null
}
