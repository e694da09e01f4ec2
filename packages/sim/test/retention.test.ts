/** What long runs found in the simulation's own keeping of rows and processes, at its smallest. */

import { expect, test } from "vitest"

import type { Digest, MessageId, ThreadId } from "@tearline/core"

import type { SlotRow } from "../src/disk/exchange-rows.ts"
import { Organisation } from "../src/node/organisation.ts"
import { bytesOf } from "../src/suite/bytes.ts"
import { retire } from "../src/world/retention.ts"
import { World } from "../src/world/world.ts"

const day = 86_400_000
const digest = (of: string) => of.repeat(32) as Digest

function smallWorld() {
  const names = ["Alder", "Birch"]
  const world = new World({
    seed: "small",
    names,
    trace: undefined,
    plant: undefined,
    isLinedOnly: false,
    withheld: [],
  })
  const all = names.map((it) => new Organisation(world, it))
  for (const it of all) world.add(it)
  const [alder, birch] = all as [Organisation, Organisation]
  return { world, alder, birch, startMs: world.schedule.nowMs }
}

function placeAt(atMs: number, thread: ThreadId | null): SlotRow {
  return {
    id: "ab".repeat(32) as MessageId,
    digest: "cd".repeat(32) as Digest,
    kind: "receipt",
    place: { epoch: 1, lane: 3, number: 1 },
    thread,
    part: bytesOf("{}"),
    opening: bytesOf(""),
    direction: "out",
    signed: null,
    atMs,
  }
}

test("a young message's place goes with its thread: nobody is given back what is not there", () => {
  const { world, alder, startMs } = smallWorld()
  const gone = "ee".repeat(16) as ThreadId
  const lane = new Map([
    ["1/1", placeAt(startMs + 40 * day, gone)],
    ["1/2", placeAt(startMs + 40 * day, null)],
  ])
  alder.exchangeDisk.slots.set("birch/out/3", lane)
  alder.exchangeDisk.sent.set("cd/birch", placeAt(startMs + 40 * day, gone))
  retire(world, startMs + 31 * day)
  expect([...lane.keys()]).toEqual(["1/2"])
  expect(alder.exchangeDisk.sent.size).toBe(0)
})

test("both halves of a node let go of an arrival together, whatever their clocks say", () => {
  const { world, alder, birch, startMs } = smallWorld()
  for (const [of, exchangeMs, gatewayMs] of [
    ["aa", 30 * day, 32 * day],
    ["bb", 32 * day, 30 * day],
  ] as const) {
    const row = { sender: birch.org, code: null, atMs: startMs + exchangeMs }
    alder.exchangeDisk.arrivals.set(digest(of), row)
    alder.gatewayDisk.arrivals.set(digest(of), {
      digest: digest(of),
      sender: birch.org,
      lane: 3,
      unit: bytesOf(""),
      custody: bytesOf(""),
      atMs: startMs + gatewayMs,
    })
  }
  retire(world, startMs + 31 * day)
  expect([...alder.exchangeDisk.arrivals.keys()]).toEqual([digest("bb")])
  expect([...alder.gatewayDisk.arrivals.keys()]).toEqual([digest("bb")])
})

test("a restored exchange says nothing before its new epoch is durable", async () => {
  const { world, alder, birch, startMs } = smallWorld()
  alder.epoch = 2
  alder.mustReopen = true
  alder.startExchange()
  const ticked = { kind: "ticked", links: [{ peer: birch.org, heartbeatMs: 1 }] } as const
  await expect(alder.exchange?.submit(ticked)).rejects.toThrow("the new epoch is not written yet")
  await world.schedule.runUntil(startMs + day)
  expect(alder.mustReopen).toBe(false)
  expect(alder.exchangeDisk.links.get(birch.org)?.link.epoch).toBe(2)
})
