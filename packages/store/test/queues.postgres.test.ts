import fc from "fast-check"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"

import { isOpen } from "@tearline/core"
import type { ExchangeStore } from "@tearline/store/exchange"

import { query } from "./database.ts"
import { Desks } from "./desk.ts"
import {
  arrivalWrite,
  birch,
  cedar,
  custodyWrite,
  item,
  messageId,
  obligationWrite,
  threadId,
  threadWrite,
} from "./writes.ts"

const desks = new Desks()
beforeAll(async () => {
  await desks.start()
})
afterEach(async () => {
  await desks.closeAll()
})
afterAll(async () => {
  await desks.stop()
})

test("what is enqueued is leased to who enqueued it", async () => {
  const desk = await desks.fresh()
  const [one, two] = [await desk.open("one"), await desk.open("two")]
  await one.commit([{ kind: "enqueue", item: item("m") }])
  expect(await two.claimOutbox({ limit: 10 })).toEqual([])
  expect(await one.renewLease([item("m").id])).toEqual([item("m").id])
  expect(await two.renewLease([item("m").id])).toEqual([])
})

test("a lease that ran out gives the item to the next", async () => {
  const desk = await desks.fresh()
  const [one, two] = [await desk.open("one"), await desk.open("two")]
  await one.commit([{ kind: "enqueue", item: item("m") }])
  await query(desk.ownerUrl, ["update exchange.outbox set free_at = now()"])
  expect(await two.claimOutbox({ limit: 10 })).toEqual([{ ...item("m"), attempts: 0 }])
  expect(await one.renewLease([item("m").id])).toEqual([])
  await one.release([item("m").id], 0)
  expect(await one.claimOutbox({ limit: 10 })).toEqual([])
})

test("a process that died gets back at once what it held under its name", async () => {
  const desk = await desks.fresh()
  const before = await desk.open("one")
  await before.commit([{ kind: "enqueue", item: item("m") }])
  const after = await desk.open("one")
  await after.takeBack()
  expect(await after.claimOutbox({ limit: 10 })).toHaveLength(1)
})

test("a released item waits for its time and counts the attempt", async () => {
  const store = await (await desks.fresh()).open()
  await store.commit([{ kind: "enqueue", item: item("m") }])
  await store.release([item("m").id], 60_000)
  expect(await store.claimOutbox({ limit: 10 })).toEqual([])
  await store.takeBack()
  expect(await store.claimOutbox({ limit: 10 })).toEqual([])
  await store.commit([{ kind: "enqueue", item: item("n") }])
  await store.release([item("n").id], 0)
  expect(await store.claimOutbox({ limit: 10 })).toEqual([{ ...item("n"), attempts: 1 }])
})

test("the most urgent is claimed first, and only of the lanes asked for", async () => {
  const store = await (await desks.fresh()).open()
  const items = ([3, 2, 1, 0, 3, 0] as const).map((lane, index) =>
    item(`m${index}`, { lane, createdAtMs: index }),
  )
  await store.commit(items.map((it) => ({ kind: "enqueue", item: it })))
  await store.takeBack()
  const flash = await store.claimOutbox({ limit: 1 })
  expect(flash.map((it) => it.lane)).toEqual([0])
  const routine = await store.claimOutbox({ limit: 10, lanes: [3] })
  expect(routine.map((it) => it.lane)).toEqual([3, 3])
  const rest = await store.claimOutbox({ limit: 10 })
  expect(rest.map((it) => it.lane)).toEqual([0, 1, 2])
})

test("of a peer that has no room nothing but FLASH is claimed", async () => {
  const store = await (await desks.fresh()).open()
  const items = ([3, 0, 1] as const).map((lane, index) => item(`m${index}`, { lane }))
  await store.commit(items.map((it) => ({ kind: "enqueue", item: it })))
  await store.takeBack()
  const full = [item("m0").peer]
  const flash = await store.claimOutbox({ limit: 10, full })
  expect(flash.map((it) => it.lane)).toEqual([0])
  const rest = await store.claimOutbox({ limit: 10 })
  expect(rest.map((it) => it.lane)).toEqual([1, 3])
})

test("several owners that claim at once get each item exactly once", async () => {
  const desk = await desks.fresh()
  const seed = await desk.open("seed")
  const items = Array.from({ length: 400 }, (_, index) => item(`m${index}`))
  await seed.commit(items.map((it) => ({ kind: "enqueue", item: it })))
  await seed.takeBack()
  const owners = await Promise.all(["a", "b", "c"].map(async (it) => await desk.open(it)))
  const claimed: string[] = []
  const drain = async (store: ExchangeStore) => {
    for (;;) {
      const batch = await store.claimOutbox({ limit: 7 })
      if (batch.length === 0) return
      claimed.push(...batch.map((it) => it.id))
    }
  }
  await Promise.all([...owners, ...owners].map(drain))
  expect(claimed.toSorted()).toEqual(items.map((it) => it.id).toSorted())
})

test("an item leaves the outbox with the custody that confirms it, or not at all", async () => {
  const store = await (await desks.fresh()).open()
  await store.commit([threadWrite("t"), { kind: "enqueue", item: item("m") }])
  const dequeue = { kind: "dequeue" as const, id: item("m").id }
  const stale = threadWrite("t", { expectedVersion: 5, version: 6 })
  await expect(store.commit([stale, dequeue])).rejects.toMatchObject({ code: "conflict" })
  expect(await store.renewLease([item("m").id])).toHaveLength(1)
  await store.commit([custodyWrite("m", threadId("t")), dequeue])
  expect(await store.renewLease([item("m").id])).toEqual([])
})

const ids = (lines: readonly { obligation: { id: string } }[]) =>
  lines.map((it) => it.obligation.id)

test("the inbox lists what is owed, by due time, a page at a time (I10)", async () => {
  const store = await (await desks.fresh()).open()
  const owed = [30, 10, 20, 10].map((dueMs, index) =>
    obligationWrite(threadId("t"), { id: `o${index}`, startMs: 5, dueMs }),
  )
  const later = obligationWrite(threadId("t"), { id: "later", startMs: 9, dueMs: 11 })
  const theirs = obligationWrite(threadId("t"), { id: "theirs", owedBy: birch, startMs: 5 })
  const end = { kind: "discharged" as const, by: messageId("r"), atMs: 6 }
  const ended = obligationWrite(threadId("t"), { id: "ended", startMs: 5, end })
  await store.commit([threadWrite("t"), ...owed, later, theirs, ended])
  const first = await store.openObligations({ isOurs: true, atMs: 8, limit: 3 })
  expect(ids(first)).toEqual(["o1", "o3", "o2"])
  const after = first.at(-1)
  const rest = await store.openObligations({
    isOurs: true,
    atMs: 8,
    limit: 3,
    ...(after && { after }),
  })
  expect(ids(rest)).toEqual(["o0"])
  expect(ids(await store.openObligations({ isOurs: true, atMs: 9, limit: 9 }))).toContain("later")
  expect(ids(await store.openObligations({ isOurs: false, atMs: 8, limit: 9 }))).toEqual(["theirs"])
  expect(first[0]).toMatchObject({ thread: threadId("t"), peer: birch, status: "actual" })
})

test("what one peer crowds out of the first page is still found, and counted", async () => {
  const store = await (await desks.fresh()).open()
  const spam = Array.from({ length: 20 }, (_, index) =>
    obligationWrite(threadId("spam"), { id: `o${index}`, startMs: 5, dueMs: 10 }),
  )
  const real = obligationWrite(threadId("real"), { id: "real", startMs: 5, dueMs: 99 })
  const late = obligationWrite(threadId("real"), { id: "late", startMs: 9, dueMs: 99 })
  const threads = [threadWrite("spam"), threadWrite("real", { peer: cedar })]
  await store.commit([...threads, ...spam, real, late])
  const found = await store.openByPeer({ isOurs: true, atMs: 8, perPeer: 3 })
  expect(ids(found.lines)).toEqual(["o0", "o1", "o10", "real"])
  expect(found.lines.at(-1)).toMatchObject({ peer: cedar, thread: threadId("real") })
  expect(found.total).toBe(21)
  expect(await store.openByPeer({ isOurs: false, atMs: 8, perPeer: 3 })).toEqual({
    lines: [],
    total: 0,
  })
})

test("random obligations are in the inbox exactly while they are owed", async () => {
  const time = fc.integer({ min: 0, max: 50 })
  const obligation = fc.record({ startMs: time, dueMs: time, isEnded: fc.boolean() })
  const looks = fc.array(time, { minLength: 1, maxLength: 4 })
  const store = await (await desks.fresh()).open()
  await fc.assert(
    fc.asyncProperty(fc.array(obligation), looks, fc.uuid(), async (list, times, name) => {
      const thread = threadId(name)
      const end = { kind: "lapsed" as const, by: messageId("r"), atMs: 1 }
      const writes = list.map(({ startMs, dueMs, isEnded }, index) =>
        obligationWrite(thread, { id: `o${index}`, startMs, dueMs, end: isEnded ? end : null }),
      )
      await store.commit([threadWrite(name), { ...arrivalWrite(name), atMs: 25 }, ...writes])
      // The node's clock never steps back, but someone may ask about another time.
      for (const atMs of [25, ...times]) {
        const lines = await store.openObligations({ isOurs: true, atMs, limit: 100_000 })
        const found = lines.filter((it) => it.thread === thread)
        const owed = writes.map((it) => it.obligation).filter((it) => isOpen(it, atMs))
        expect(ids(found).toSorted()).toEqual(owed.map((it) => it.id).toSorted())
      }
    }),
    { numRuns: 40 },
  )
})

test("an obligation that ends leaves the inbox and keeps how it ended", async () => {
  const store = await (await desks.fresh()).open()
  const t = threadId("t")
  await store.commit([threadWrite("t"), obligationWrite(t)])
  const end = { kind: "lapsed" as const, by: messageId("r"), atMs: 1_500 }
  await store.commit([obligationWrite(t), obligationWrite(t, { end })])
  expect(await store.openObligations({ isOurs: true, atMs: 9_000, limit: 9 })).toEqual([])
  expect((await store.obligationsOf(t)).map((it) => it.end)).toEqual([end])
})
