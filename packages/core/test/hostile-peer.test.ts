/**
 * What a peer's own word may not do: put off what it owes, take back urgency, make us work without
 * end.
 */

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  builtInPolicy,
  isOpen,
  isFullFor,
  viewThread,
  withMessage,
  type Message,
  type MessageId,
  type Thread,
} from "@tearline/core"

import { conversation } from "./fixtures/thread-fixtures.ts"
import { warningContent } from "./fixtures/warning.ts"
import { createWorld, orgIdOf } from "./fixtures/world.ts"

test("M-RCP-9: a custody time in a far year does not take the warning out of the sender's list (I10)", async () => {
  const farMs = fc.integer({ min: 2 * 3_600_000, max: Number.MAX_SAFE_INTEGER - 4e12 })
  await fc.assert(
    fc.asyncProperty(farMs, async (aheadMs) => {
      const world = createWorld()
      world.aheadMs.set("birch", aheadMs)
      await world.warn("alder", "birch")
      await world.deliverAll()
      const open = [...world.of("alder").journal.obligations.values()].filter((it) =>
        isOpen(it, world.nowMs),
      )
      expect(open.map((it) => it.rule)).toEqual(
        expect.arrayContaining(["read", "own", "read-back", "reach"]),
      )
    }),
    { numRuns: 30 },
  )
})

/** The warning of a conversation once more, as its originator might put a milder one beside it. */
function another(first: Message, change: Partial<Message["part"]>): Message {
  const content = { ...warningContent({ threatToLife: false, window: null }) }
  return {
    ...first,
    id: "0".repeat(64) as MessageId,
    statement: { ...first.statement, precedence: "ROUTINE", content },
    part: { ...first.part, ...change },
  }
}

test("M-THR-26: a second, milder warning in one thread is shown as a conflict and relaxes nothing (I5)", () => {
  const talk = conversation({ precedence: "FLASH" })
  const [first] = talk.thread.messages.filter((it) => it.statement.kind === "warning")
  if (first === undefined) throw new Error("the conversation has no warning")
  const before = viewThread(talk.thread, builtInPolicy)
  for (const number of [1, 2, 9]) {
    const after = viewThread(withMessage(talk.thread, another(first, { number })), builtInPolicy)
    const dues = (view: typeof after) =>
      view.obligations.filter((it) => it.about === first.id).map((it) => [it.id, it.dueMs])
    expect(dues(after)).toEqual(dues(before))
    expect(after.conflicts.flatMap((it) => it.messages)).toContain("0".repeat(64))
  }
})

test("a thread takes no more than so many messages of one author", () => {
  const talk = conversation()
  const [first] = talk.thread.messages
  if (first === undefined) throw new Error("the conversation is empty")
  const filled = (count: number): Thread => ({
    ...talk.thread,
    messages: Array.from({ length: count }, () => first),
  })
  expect(isFullFor(filled(1_999), first.statement.author)).toBe(false)
  expect(isFullFor(filled(2_000), first.statement.author)).toBe(true)
  expect(isFullFor(filled(2_000), orgIdOf("cedar"))).toBe(false)
})
