/** What a person must be told, and that it is told only while its ground stands. */

import { describe, expect, test } from "vitest"

import {
  builtInPolicy,
  newLink,
  nextLanePlace,
  policyHashOf,
  alarmsOf,
  alarmsOfThread,
  withMessage,
  withSealed,
  withTaken,
  withTold,
  type WatchedNode,
} from "@tearline/core"

import { hashing } from "./fixtures/suite.ts"
import {
  alder,
  birch,
  conversation,
  hour,
  messageOf,
  minute,
  startedMs,
} from "./fixtures/thread-fixtures.ts"
import { createWorld } from "./fixtures/world.ts"

const terms = { own: alder, intervalMs: hour, policy: builtInPolicy }
const fresh = () => newLink(birch, startedMs)
const watched = (changes: Partial<WatchedNode> = {}): WatchedNode => ({
  isClockSuspect: false,
  storage: [],
  threads: [],
  links: [{ link: fresh(), terms }],
  ...changes,
})
const own = { own: alder, policy: builtInPolicy, policyHash: policyHashOf(hashing, builtInPolicy) }

describe("alarms of a node", () => {
  test("a node that is well gives none", () => {
    expect(alarmsOf(watched(), startedMs + hour)).toEqual([])
  })

  test("a clock that has jumped is told to a person", () => {
    const found = alarmsOf(watched({ isClockSuspect: true }), startedMs)
    expect(found).toEqual([{ kind: "clock-suspect" }])
  })

  test("a database that fails is told, and whose it is", () => {
    const storage = [{ kind: "storage", process: "gateway", code: "disk_full" } as const]
    expect(alarmsOf(watched({ storage }), startedMs)).toEqual(storage)
  })

  test("folders through which nothing comes are told", () => {
    const seam = { kind: "seam-silent", sinceMs: startedMs } as const
    expect(alarmsOf(watched({ seam }), startedMs)).toEqual([seam])
  })

  test("M-LNK-6: a link is silent once its sign of life is overdue", () => {
    const dueMs = startedMs + hour + 2 * minute
    expect(alarmsOf(watched(), dueMs)).toEqual([])
    const found = alarmsOf(watched(), dueMs + 1)
    expect(found).toEqual([{ kind: "link-silent", peer: birch, sinceMs: startedMs }])
  })

  test("M-LNK-9: gaps are told both ways", () => {
    const sent = [1, 2].reduce(
      (link) => withSealed(link, nextLanePlace(link, 0), "slot", startedMs),
      fresh(),
    )
    const taken = withTaken(sent, { epoch: 1, lane: 3, number: 3 }, startedMs)
    const link = withTold(taken, 1, [{ lane: 0, epoch: 1, upTo: 0, beyond: [[2, 2]] }])
    const found = alarmsOf(watched({ links: [{ link, terms }] }), startedMs)
    expect(found).toEqual([{ kind: "gaps", peer: birch, missing: 2, unheld: 1 }])
  })
})

describe("alarms of a thread", () => {
  test("a policy that is not known here raises an alarm and no refusal", () => {
    const { thread } = conversation()
    expect(alarmsOfThread(thread, own)).toEqual([
      { kind: "unknown-policy", thread: thread.id, peer: birch },
    ])
  })

  test("the policy of this node is known to it", async () => {
    const world = createWorld()
    const id = await world.warn("alder", "birch")
    const stored = await world.of("alder").journal.thread(id)
    expect(stored && alarmsOfThread(stored.thread, own)).toEqual([])
  })

  test("M-THR-5: two messages under one number raise an alarm on either side", () => {
    const talk = conversation()
    const twin = messageOf({ by: birch, kind: "action", answers: [talk.warning], salt: "twin" })
    talk.act(birch, "action", { number: 1 })
    const thread = withMessage(talk.thread, twin)
    for (const [side, peer] of [
      [alder, birch],
      [birch, alder],
    ] as const) {
      expect(alarmsOfThread(thread, { ...own, own: side })).toContainEqual({
        kind: "conflict",
        thread: thread.id,
        peer,
      })
    }
  })
})
