/** What a peer that gives back may not do: move what it owes, or grow what it has no part in. */

import { describe, expect, test } from "vitest"

import { laneOf, type ExchangeInput, type Obligation, type Returned } from "@tearline/core"

import { forged, takenOff } from "./fixtures/forged.ts"
import { hashing, readUnit, restoreStatement } from "./fixtures/suite.ts"
import { createWorld, type OnTheRoad, type World } from "./fixtures/world.ts"

const hourMs = 3_600_000

/** Alder has lost a warning to Birch, has been restored, and Birch's page with it is on the road. */
async function givenBack() {
  const world = createWorld()
  const back = world.of("alder").journal.backUp()
  const thread = await world.warn("alder", "birch")
  await world.deliverAll()
  back()
  const alder = world.of("alder")
  alder.restart()
  const statement = restoreStatement(alder.org, 2)
  const peers = [world.of("birch").org]
  const input: ExchangeInput = { kind: "reopened", epoch: 2, statement, peers }
  await alder.host.submit(input, laneOf(input))
  await world.deliver(takenOff(world.road))
  const pages: OnTheRoad[] = []
  while (pages.every((it) => contentOf(it).items.length === 0)) {
    await world.tick("birch", "alder", Number.MAX_SAFE_INTEGER)
    pages.push(...world.road.splice(0).filter((it) => kindOf(it) === "returned"))
  }
  const page = pages.find((it) => contentOf(it).items.length > 0)
  if (page === undefined) throw new Error("nothing is given back")
  await world.deliver(page)
  world.road.length = 0
  return { world, thread, page }
}

const kindOf = ({ item }: OnTheRoad) => readUnit(item.unit).statement.kind
const contentOf = ({ item }: OnTheRoad) =>
  readUnit(item.unit).statement.content as unknown as Returned

type Item = Returned["items"][number]

/** The same page once more, with its warning changed. */
function again(page: OnTheRoad, change: (item: Item) => Partial<Item>): OnTheRoad {
  const content = contentOf(page)
  const items = content.items.map((it) => ({ ...it, ...change(it) }))
  return forged(page, { statement: { content: { ...content, items } } })
}

const receiptOf = (digest: string, atMs: number) => hashing.encode({ digest, atMs }).toBase64()

const duesOf = (world: World) =>
  [...world.of("alder").journal.obligations.values()]
    .filter((it: Obligation) => it.owedBy === world.of("birch").org)
    .map(({ id, startMs, dueMs }) => ({ id, startMs, dueMs }))

describe("M-LNK-15: who gives a message back again and again", () => {
  test("does not put off what it owes: the first receipt that it returned stays (I10)", async () => {
    const { world, page } = await givenBack()
    const before = duesOf(world)
    expect(before.length).toBeGreaterThan(0)
    for (let hour = 1; hour <= 5; hour += 1) {
      world.nowMs += hourMs
      const atMs = world.nowMs
      await world.deliver(again(page, ({ digest }) => ({ custody: receiptOf(digest, atMs) })))
      expect(duesOf(world)).toEqual(before)
    }
  })

  test("leaves memory and store of one mind", async () => {
    const { world, thread, page } = await givenBack()
    world.nowMs += hourMs
    const atMs = world.nowMs
    await world.deliver(again(page, ({ digest }) => ({ custody: receiptOf(digest, atMs) })))
    const kept = world.of("alder").journal.heads.get(thread)?.viewHash
    world.of("alder").restart()
    await world.deliver(again(page, () => ({ isUnsealed: false })))
    expect(world.of("alder").journal.heads.get(thread)?.viewHash).toBe(kept)
  })

  test("cannot hang receipts for other envelopes on it: the thread grows by nothing", async () => {
    const { world, thread, page } = await givenBack()
    const before = await world.of("alder").journal.thread(thread)
    for (let at = 0; at < 20; at += 1) {
      const digest = at.toString(16).padStart(64, "0") as Item["digest"]
      const custody = receiptOf(digest, world.nowMs)
      await world.deliver(again(page, () => ({ digest, custody })))
    }
    const after = await world.of("alder").journal.thread(thread)
    expect(after?.thread.custody).toEqual(before?.thread.custody)
    const codes = world.of("alder").journal.refusals.map((it) => it.refusal.code)
    expect(new Set(codes)).toEqual(new Set(["digest_mismatch"]))
  })
})
