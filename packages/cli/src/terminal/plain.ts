/**
 * Text of others made safe for a terminal.
 *
 * A terminal obeys control characters, and an eye obeys marks that reorder what it reads. Both come
 * out as what they are, `\u{202e}`, so that what was signed is still all there to see.
 */

// Controls; marks of direction and order; separators of lines that no terminal shows as such; byte
// order mark, tags and lone surrogates. Joiners stay: several scripts need them.
const deceiving =
  /[\p{Cc}\p{Cs}\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu

const escaped = (character: string): string =>
  `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** One line, whatever was in the text. */
export function plain(text: string): string {
  return text.replaceAll(deceiving, escaped)
}

/** As many lines as the text has, each made safe; a tab becomes two spaces. */
export function plainLines(text: string): readonly string[] {
  return text.split("\n").map((line) => plain(line.replaceAll("\t", "  ")))
}

/** JSON that is safe on a terminal too: the same document, with those characters as escapes. */
export function plainJson(value: unknown): string {
  return (JSON.stringify(value, undefined, 2) ?? "null").replaceAll(deceiving, (it) =>
    it === "\n" ? it : unicodeEscapes(it),
  )
}

function unicodeEscapes(text: string): string {
  return [...Array(text.length).keys()]
    .map((index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, "0")}`)
    .join("")
}

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uFF01-\uFF60]/u

/** Columns that a text takes on a terminal, closely enough to line up a table. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue
    width += wide.test(character) ? 2 : 1
  }
  return width
}
