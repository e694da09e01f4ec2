import fc from "fast-check"
import { expect, test } from "vitest"

import type { ThreadMessage } from "../src/index.ts"
import { messageLines, receiptLine } from "../src/message-lines.ts"
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

function reviewLinesOf(reviewOwed: boolean): string {
  return messageLines(message("warning", { title: "T", reviewOwed }), reading).join(" ")
}

test("a FLASH that one officer released says so, and nothing else does", () => {
  expect(reviewLinesOf(true)).toContain("released by one officer alone")
  expect(reviewLinesOf(false)).not.toContain("one officer")
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

test("whatever stands in an element is shown, known here or not", () => {
  const word = fc.stringMatching(/^[a-z]{12}$/)
  const place = fc.constantFrom("filled", "known-withheld", "unknown", "grade", "elements")
  fc.assert(
    fc.property(word, word, place, (key, value, where) => {
      const grade = { scheme: "admiralty", information: "2", source: "B" }
      const element = {
        state: where === "grade" || where === "elements" ? "filled" : where,
        text: "by train",
        codes: ["transport.train"],
        grade: where === "grade" ? { ...grade, [key]: value } : grade,
        ...(where === "grade" || where === "elements" ? {} : { [key]: value }),
      }
      const extra = where === "elements" ? { [key]: { [key]: value } } : {}
      const content = { title: "T", elements: { how: element, ...extra } }
      const shown = messageLines(message("warning", content), reading).join("\n")
      for (const it of [key, value, "by train", "transport.train", "admiralty"]) {
        expect(shown).toContain(it)
      }
    }),
  )
})

test("a receipt of a step well taken is one line with its number, any other is told in full", () => {
  const of = "1".repeat(64)
  const read = message("receipt", { step: "read", of, role: "chief" })
  expect(receiptLine(read, reading)).toMatch(/^read by Birch, .+ \(number 1\)$/)
  const unsealed = message("receipt", { step: "unsealed", of })
  expect(receiptLine(unsealed, reading)).toMatch(/^opened by Birch's exchange, /)
  expect(receiptLine(message("receipt", { step: "refused" }), reading)).toBeUndefined()
  expect(receiptLine(message("thanks", { step: "read" }), reading)).toBeUndefined()
})

function labels(kind: string, content: Record<string, unknown>): readonly string[] {
  const lines = messageLines(message(kind, content), reading)
  return lines.map((it) => it.trim().split("  ")[0] ?? "")
}

test("a window is read from its beginning, and a result before whether it is the last", () => {
  const window = { latestMs: 2, basis: "chatter", earliestMs: 1 }
  const told = labels("warning", { title: "T", window })
  expect(told.indexOf("window earliest")).toBeLessThan(told.indexOf("window latest"))
  expect(told.indexOf("window latest")).toBeLessThan(told.indexOf("window basis"))
  const outcome = labels("outcome", { final: true, result: "hoax", point: "24h" })
  expect(outcome.slice(-3)).toEqual(["point", "result", "final"])
})
