/** Precedence rules every queue: an input waits in the lane of what it answers. */

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  laneOf,
  precedences,
  type OutboxItem,
  type Precedence,
  type ThreadId,
} from "@tearline/core"

import { takenOff } from "./fixtures/forged.ts"
import { warningContent } from "./fixtures/warning.ts"
import { createWorld } from "./fixtures/world.ts"

const thread = "b".repeat(32) as ThreadId
const precedence = fc.constantFrom<Precedence>(...precedences.codes)
const acted = { kind: "acted", thread, act: "receipt", content: {}, officer: "duty" } as const

test("an act waits in the lane of the thread that it is done in", () => {
  fc.assert(
    fc.property(precedence, (it) => {
      expect(laneOf({ ...acted, precedence: it })).toBe(precedences.entries[it].lane)
    }),
  )
  expect(laneOf(acted)).toBe(precedences.entries.IMMEDIATE.lane)
})

test("custody and a refusal wait in the lane of the item that they are about", async () => {
  for (const it of precedences.codes) {
    const world = createWorld()
    await world.warn("alder", "birch", {
      precedence: it,
      content: { ...warningContent({ threatToLife: false }) },
    })
    const item: OutboxItem = takenOff(world.road).item
    const { digest, peer: by } = item
    const receipt = new Uint8Array()
    const custody = { digest, by, atMs: 0 }
    const { lane } = precedences.entries[it]
    expect(laneOf({ kind: "custody-received", item, custody, receipt })).toBe(lane)
    expect(laneOf({ kind: "refusal-received", item, code: "unknown_sender", atMs: 0 })).toBe(lane)
  }
})
