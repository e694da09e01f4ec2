import { expect, test } from "vitest"

import { styleFor } from "../src/terminal/style.ts"
import { type ListedThread, threadLines } from "../src/thread-lines.ts"

const nowMs = Date.UTC(2030, 0, 15, 12)

const owed: ListedThread["owed"][number] = {
  id: "read/1",
  rule: "read",
  thread: "b".repeat(32),
  peer: "c".repeat(32),
  peerName: "Birch",
  owedBy: "c".repeat(32),
  mine: false,
  bearer: "officer",
  precedence: "PRIORITY",
  threadStatus: "actual",
  threatToLife: false,
  title: "a title",
  startMs: nowMs,
  dueMs: nowMs + 30_000,
  overdue: false,
}

function lineOf(changes: Partial<ListedThread> = {}): string {
  const thread: ListedThread = {
    id: "b".repeat(32),
    peer: "c".repeat(32),
    peerName: "Birch",
    mine: true,
    status: "actual",
    isClosed: false,
    title: "a title",
    owed: [owed],
    ...changes,
  }
  return threadLines([thread], { nowMs, style: styleFor(false) }).join("\n")
}

test("a thread says with whom it is, whether it is open, and what is owed first by whom", () => {
  const line = lineOf()
  for (const it of ["bbbbbbbb", "Birch", "open", "a title"]) expect(line).toContain(it)
  expect(line).toContain("Birch: read it, in 30 s")
  const own = { ...owed, mine: true, rule: "own" }
  expect(lineOf({ owed: [own, owed] })).toContain("you: take it or hand it back")
  expect(lineOf({ owed: [own, owed] })).toContain("and 1 more")
})

test("a closed thread owes nothing, and an exercise is never taken for real", () => {
  expect(lineOf({ isClosed: true, owed: [] })).toMatch(/closed.*nothing is owed/)
  expect(lineOf({ status: "exercise" })).toContain("EXERCISE a title")
})

test("a title cannot reach into the terminal", () => {
  expect(lineOf({ title: "a\u001B[2J" })).toContain("a\\u{1b}[2J")
})
