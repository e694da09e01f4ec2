import fc from "fast-check"
import { expect, test } from "vitest"

import { plain, plainJson, plainLines, widthOf } from "../src/terminal/plain.ts"
import { naughtyStrings } from "./public-vectors.ts"

const forbidden = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u
const anyText = fc.string({ unit: "binary", maxLength: 200 })

test("nothing that a peer writes reaches the terminal as a control or a reordering mark", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(plain(text)).not.toMatch(forbidden)
      for (const line of plainLines(text)) expect(line).not.toMatch(forbidden)
      expect(plainJson(text).replaceAll("\n", "")).not.toMatch(forbidden)
    }),
  )
})

test("what was escaped in a JSON document is still the same document", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      expect(JSON.parse(plainJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test("an escape sequence is shown and not obeyed", () => {
  expect(plain("a\u001B[2Jb")).toBe("a\\u{1b}[2Jb")
  expect(plain("gpj\u202Eexe")).toBe("gpj\\u{202e}exe")
  expect(plainLines("one\ntwo\rthree")).toEqual(["one", "two\\u{d}three"])
})

test("text in any script stays as it is", () => {
  for (const text of ["Saint-Pétersbourg", "Казанский собор", "كاتدرائية", "喀山大教堂"]) {
    expect(plain(text)).toBe(text)
  }
  expect(widthOf("喀山")).toBe(4)
  expect(widthOf("e\u0301")).toBe(1)
})

const naughty = naughtyStrings()
test(`no published odd string reaches the terminal as a command: ${naughty.length} found`, () => {
  for (const text of naughty) {
    expect(plain(text), JSON.stringify(text)).not.toMatch(forbidden)
    expect(widthOf(plain(text))).toBeLessThanOrEqual(2 * plain(text).length)
    expect(JSON.parse(plainJson({ text }))).toEqual({ text })
  }
})
