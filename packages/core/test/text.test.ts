/** Text for people (M-MSG-8), against published odd strings and an oracle by code point. */

import { existsSync, readFileSync } from "node:fs"

import fc from "fast-check"
import * as v from "valibot"
import { expect, test } from "vitest"

import { plainText } from "../src/messages/text.ts"

const vectors =
  process.env["TEARLINE_VECTORS"] ?? `${import.meta.dirname}/../../../../shared/vectors`
const path = `${vectors}/strings/blns.json`
const naughty = existsSync(path)
  ? (JSON.parse(readFileSync(path, "utf8")) as readonly string[])
  : []

const charactersMax = 100
const isTaken = (text: string) => v.is(plainText(charactersMax), text)

/** As spec/messages.md says it, one code point after the other. */
function isForPeople(text: string): boolean {
  return text.length >= 1 && text.length <= charactersMax && Array.from(text).every(mayStand)
}

/** Control characters but tab and line feed; surrogates; what reorders; the byte order mark. */
const forbidden: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xd800, 0xdfff],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
  [0xfeff, 0xfeff],
]

function mayStand(character: string): boolean {
  const code = character.codePointAt(0) ?? 0
  return !forbidden.some(([first, last]) => first <= code && code <= last)
}

test("M-MSG-8: text is taken exactly when it is bounded, well-formed and cannot deceive", () => {
  const unit = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0x2020, max: 0x2070 }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0xd7f0, max: 0xe010 }).map((code) => String.fromCharCode(code)),
    fc.constant("\uFEFF"),
  )
  fc.assert(
    fc.property(fc.string({ unit, maxLength: charactersMax + 2 }), (text) => {
      expect(isTaken(text)).toBe(isForPeople(text))
    }),
  )
})

test(`M-MSG-8: so are published odd strings: ${naughty.length} found`, () => {
  for (const text of naughty) expect(isTaken(text), JSON.stringify(text)).toBe(isForPeople(text))
})
