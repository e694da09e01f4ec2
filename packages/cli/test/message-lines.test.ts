import fc from "fast-check"
import { expect, test } from "vitest"

import type { ThreadMessage } from "../src/index.ts"
import { messageLines } from "../src/message-lines.ts"
import { styleFor } from "../src/terminal/style.ts"

const reading = { style: styleFor(false), nowMs: 0, name: (org: string) => org }
const forbidden = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/u

function message(kind: string, content: Record<string, unknown>): ThreadMessage {
  return {
    id: "00",
    kind,
    author: "Birch",
    mine: false,
    atMs: 0,
    number: 1,
    answers: [],
    content,
    custodyAtMs: null,
  }
}

test("any content that a peer may have signed is shown, and shown safely", () => {
  const content = fc.dictionary(
    fc.oneof(fc.constantFrom("title", "elements", "window", "atMs", "text"), fc.string()),
    fc.jsonValue({ stringUnit: "binary" }),
  )
  fc.assert(
    fc.property(fc.constantFrom("warning", "outcome", "not-known-yet"), content, (kind, it) => {
      for (const line of messageLines(message(kind, it), reading)) {
        expect(line).not.toMatch(forbidden)
      }
    }),
  )
})

test("a FLASH that one officer released shows that a review is owed, and nothing else does", () => {
  const linesOf = (reviewOwed: boolean) =>
    messageLines(message("warning", { title: "T", reviewOwed }), reading).join(" ")
  expect(linesOf(true)).toContain("review owed")
  expect(linesOf(false)).not.toContain("review owed")
})

test("what is not known and what is not told are shown as such", () => {
  const filled = {
    state: "filled",
    text: "by train\nfrom the north",
    language: "en",
    basis: "fact",
  }
  const elements = { who: { state: "unknown" }, when: { state: "known-withheld" }, how: filled }
  const lines = messageLines(
    message("warning", { title: "T", threatToLife: true, elements }),
    reading,
  )
  const shown = lines.map((line) => line.trim().replaceAll(/ +/g, " "))
  expect(shown).toContain("THREAT TO LIFE")
  expect(shown).toContain("who unknown")
  expect(shown).toContain("when known-withheld")
  expect(shown).toContain("how by train")
  expect(shown).toContain("from the north")
})
