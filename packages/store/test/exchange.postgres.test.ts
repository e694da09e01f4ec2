import fc from "fast-check"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"

import { type ExchangeStore, openExchangeStore } from "@tearline/store/exchange"

import { query, startTestServer, type TestServer } from "./database.ts"
import {
  alder,
  arrivalWrite,
  birch,
  bytes,
  cedar,
  custodyWrite,
  digest,
  item,
  link,
  linkWrite,
  messageId,
  messageWrite,
  obligationWrite,
  refusalWrite,
  threadId,
  threadWrite,
} from "./writes.ts"

let server: TestServer
const opened: ExchangeStore[] = []

beforeAll(async () => {
  server = await startTestServer()
})
// A role has sixteen connections in all.
afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (it) => await it.close()))
})
afterAll(async () => {
  await server.stop()
})

interface Desk {
  database: string
  open(owner?: string): Promise<ExchangeStore>
}

async function newDesk(): Promise<Desk> {
  const database = await server.clone("tl_desk")
  const url = server.url("tl_exchange", database)
  const open = async (owner = "one") => {
    const store = await openExchangeStore(url, { org: alder, owner, max: 2 })
    opened.push(store)
    return store
  }
  return { database, open }
}

const owner = async (desk: Desk, ...statements: string[]) =>
  await query(server.url("tl_owner", desk.database), statements)

test("a turn comes back as it was written", async () => {
  const store = await (await newDesk()).open()
  const t = threadId("t")
  await store.commit([
    threadWrite("t"),
    messageWrite("m"),
    custodyWrite("m", t),
    refusalWrite("m", t),
    arrivalWrite("a"),
    linkWrite(),
    obligationWrite(t),
    { kind: "enqueue", item: item("m") },
    { kind: "act", message: messageId("m"), act: "warning", officer: "o", atMs: 5 },
  ])
  const thread = await store.loadThread(t)
  expect(thread).toEqual({
    head: {
      id: t,
      peer: birch,
      originator: alder,
      addressee: birch,
      status: "actual",
      version: 1,
      viewHash: threadWrite("t").viewHash,
      isClosed: false,
    },
    version: 1,
    messages: [
      {
        id: messageId("m"),
        digest: digest("m"),
        direction: "out",
        learnedAtMs: 1_001,
        signed: bytes("signed m"),
        part: bytes("part m"),
      },
    ],
    custody: [{ digest: digest("m"), by: birch, atMs: 1_003 }],
    refusals: [{ digest: digest("m"), by: birch, code: "cannot_open", atMs: 1_004 }],
  })
  expect(await store.link(birch)).toEqual({ link: link(), version: 1 })
  expect(await store.links()).toEqual([{ link: link(), version: 1 }])
  expect(await store.obligationsOf(t)).toEqual([obligationWrite(t).obligation])
  expect(await store.hasArrived(digest("a"))).toBe(true)
  expect(await store.hasArrived(digest("b"))).toBe(false)
})

test("what was never written is undefined", async () => {
  const store = await (await newDesk()).open()
  expect(await store.loadThread(threadId("none"))).toBeUndefined()
  expect(await store.link(cedar)).toBeUndefined()
  expect(await store.threadOf(digest("none"))).toBeUndefined()
})

test("an envelope to two addressees belongs to a thread with each, one about the link to none", async () => {
  const store = await (await newDesk()).open()
  await store.commit([
    messageWrite("w", { thread: threadId("b"), peer: birch }),
    messageWrite("w", { thread: threadId("c"), peer: cedar }),
    messageWrite("h", { thread: null }),
  ])
  expect(await store.threadOf(digest("w"), birch)).toBe(threadId("b"))
  expect(await store.threadOf(digest("w"), cedar)).toBe(threadId("c"))
  expect(await store.threadOf(digest("h"))).toBeNull()
})

test("a turn on a stale thread or link writes nothing at all", async () => {
  const store = await (await newDesk()).open()
  await store.commit([threadWrite("t"), linkWrite()])
  const stale = [
    threadWrite("t", { expectedVersion: 7, version: 8 }),
    threadWrite("t", { expectedVersion: null }),
    linkWrite({ expectedVersion: 7, version: 8 }),
    linkWrite({ expectedVersion: null }),
  ]
  for (const [index, write] of stale.entries()) {
    const turn = [messageWrite(`m${index}`), arrivalWrite(`a${index}`), write]
    await expect(store.commit(turn)).rejects.toMatchObject({ code: "conflict" })
    expect(await store.hasArrived(digest(`a${index}`))).toBe(false)
    expect(await store.threadOf(digest(`m${index}`))).toBeUndefined()
  }
  expect((await store.loadThread(threadId("t")))?.version).toBe(1)
})

test("of two turns on one version exactly one is written", async () => {
  const desk = await newDesk()
  const stores = [await desk.open("one"), await desk.open("two")]
  await stores[0]?.commit([threadWrite("t")])
  const turns = stores.map(async (it, index) => {
    const isClosed = index === 1
    await it.commit([threadWrite("t", { expectedVersion: 1, version: 2, isClosed })])
  })
  const settled = await Promise.allSettled(turns)
  expect(settled.map((it) => it.status).toSorted()).toEqual(["fulfilled", "rejected"])
  const loser = settled.find((it) => it.status === "rejected")
  expect(loser?.reason).toMatchObject({ code: "conflict" })
})

test("a turn may write one head several times", async () => {
  const store = await (await newDesk()).open()
  const first = linkWrite()
  const second = linkWrite({ expectedVersion: 1, version: 2, link: link({ epoch: 2 }) })
  await store.commit([first, second, threadWrite("t"), obligationWrite(threadId("t"))])
  expect(await store.link(birch)).toEqual({ link: link({ epoch: 2 }), version: 2 })
  const gap = linkWrite({ expectedVersion: 9, version: 10 })
  const turn = [linkWrite({ expectedVersion: 2, version: 3 }), gap]
  await expect(store.commit(turn)).rejects.toMatchObject({ code: "conflict" })
})

test("writing the same facts again changes nothing", async () => {
  const store = await (await newDesk()).open()
  const t = threadId("t")
  const facts = [
    messageWrite("m"),
    arrivalWrite("a"),
    custodyWrite("m", t),
    refusalWrite("m", t),
    obligationWrite(t),
    { kind: "enqueue" as const, item: item("m") },
  ]
  await store.commit([threadWrite("t"), ...facts])
  const before = await store.loadThread(t)
  await store.commit([...facts, ...facts, messageWrite("m", { signed: bytes("other") })])
  expect(await store.loadThread(t)).toEqual(before)
  expect(await store.obligationsOf(t)).toHaveLength(1)
})

test("a failed turn leaves its connection good for the next, new statement or known", async () => {
  const store = await (await newDesk()).open()
  for (let round = 0; round < 4; round += 1) {
    const stale = threadWrite("t", { expectedVersion: null })
    if (round === 0) await store.commit([stale])
    await expect(store.commit([stale, arrivalWrite("a")])).rejects.toThrow("read it again")
    await store.commit([messageWrite(`m${round}`)])
  }
  expect((await store.loadThread(threadId("t")))?.messages).toHaveLength(4)
})

test("an error names the statement and never a value", async () => {
  const store = await (await newDesk()).open()
  const secret = "the source\0is named"
  const officer = {
    kind: "act" as const,
    message: messageId("m"),
    act: "x",
    officer: secret,
    atMs: 1,
  }
  const error = await store.commit([officer]).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: "StoreError", code: "failed", statement: "act_insert" })
  expect(JSON.stringify(error) + String(error)).not.toContain("source")
})

test("random turns come back whole", async () => {
  const store = await (await newDesk()).open()
  const blob = fc.uint8Array({ maxLength: 9_000 })
  const turn = fc.array(fc.record({ signed: blob, name: fc.uuid() }), {
    minLength: 1,
    maxLength: 9,
  })
  await fc.assert(
    fc.asyncProperty(turn, fc.uuid(), async (messages, name) => {
      const thread = threadId(name)
      const writes = messages.map((it) => messageWrite(it.name, { thread, signed: it.signed }))
      await store.commit([threadWrite(name), ...writes])
      const found = await store.loadThread(thread)
      const stored = new Map(found?.messages.map((it) => [it.id, Buffer.from(it.signed)]))
      expect(stored.size).toBe(messages.length)
      for (const it of messages) {
        expect(stored.get(messageId(it.name))).toEqual(Buffer.from(it.signed))
      }
    }),
    { numRuns: 60 },
  )
})

test("what is enqueued is leased to who enqueued it", async () => {
  const desk = await newDesk()
  const [one, two] = [await desk.open("one"), await desk.open("two")]
  await one.commit([{ kind: "enqueue", item: item("m") }])
  expect(await two.claimOutbox({ limit: 10 })).toEqual([])
  expect(await one.renewLease([item("m").id])).toEqual([item("m").id])
  expect(await two.renewLease([item("m").id])).toEqual([])
})

test("a lease that ran out gives the item to the next", async () => {
  const desk = await newDesk()
  const [one, two] = [await desk.open("one"), await desk.open("two")]
  await one.commit([{ kind: "enqueue", item: item("m") }])
  await owner(desk, "update exchange.outbox set free_at = now()")
  expect(await two.claimOutbox({ limit: 10 })).toEqual([{ ...item("m"), attempts: 0 }])
  expect(await one.renewLease([item("m").id])).toEqual([])
  await one.release([item("m").id], 0)
  expect(await one.claimOutbox({ limit: 10 })).toEqual([])
})

test("a process that died gets back at once what it held under its name", async () => {
  const desk = await newDesk()
  const before = await desk.open("one")
  await before.commit([{ kind: "enqueue", item: item("m") }])
  const after = await desk.open("one")
  await after.takeBack()
  expect(await after.claimOutbox({ limit: 10 })).toHaveLength(1)
})

test("a released item waits for its time and counts the attempt", async () => {
  const store = await (await newDesk()).open()
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
  const store = await (await newDesk()).open()
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

test("several owners that claim at once get each item exactly once", async () => {
  const desk = await newDesk()
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
  const store = await (await newDesk()).open()
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

test("the inbox lists what is owed, by due time, a page at a time", async () => {
  const store = await (await newDesk()).open()
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

test("an obligation that ends leaves the inbox and keeps how it ended", async () => {
  const store = await (await newDesk()).open()
  const t = threadId("t")
  await store.commit([threadWrite("t"), obligationWrite(t)])
  const end = { kind: "lapsed" as const, by: messageId("r"), atMs: 1_500 }
  await store.commit([obligationWrite(t), obligationWrite(t, { end })])
  expect(await store.openObligations({ isOurs: true, atMs: 9_000, limit: 9 })).toEqual([])
  expect((await store.obligationsOf(t)).map((it) => it.end)).toEqual([end])
})

test("a thread is found by what its id begins with", async () => {
  const store = await (await newDesk()).open()
  await store.commit([threadWrite("a"), threadWrite("b"), threadWrite("c")])
  const id = threadId("b")
  expect(await store.findThread(id)).toEqual([id])
  expect(await store.findThread(id.slice(0, 7))).toEqual([id])
  expect(await store.findThread("")).toEqual([])
  expect(await store.findThread("no hex")).toEqual([])
  expect(await store.threads({ limit: 2 })).toHaveLength(2)
})

test("counts add up", async () => {
  const store = await (await newDesk()).open()
  const t = threadId("t")
  await store.commit([
    threadWrite("t"),
    threadWrite("u", { isClosed: true }),
    obligationWrite(t, { id: "due", dueMs: 5, startMs: 1 }),
    obligationWrite(t, { id: "later", dueMs: 50, startMs: 1 }),
    { kind: "enqueue", item: item("m") },
    { kind: "enqueue", item: item("f", { lane: 0 }) },
  ])
  expect(await store.counts(10)).toEqual({
    threads: { open: 1, closed: 1 },
    obligations: { open: 2, overdue: 1 },
    outbox: [
      { peer: birch, lane: 0, items: 1 },
      { peer: birch, lane: 3, items: 1 },
    ],
    quarantined: 0,
  })
})

test("an arrival is quarantined at its second strike", async () => {
  const store = await (await newDesk()).open()
  expect(await store.strike(digest("p"), bytes("poison"))).toBe(1)
  expect(await store.quarantined()).toEqual([])
  expect(await store.strike(digest("p"), bytes("poison"))).toBe(2)
  expect(await store.quarantined()).toEqual([{ digest: digest("p"), strikes: 2 }])
})

test("a peer is kept as it was compared, and again after a change", async () => {
  const store = await (await newDesk()).open()
  const peer = {
    org: birch,
    name: "Birch",
    identity: bytes("identity"),
    operations: bytes("operations"),
    compared: { officer: "o", method: "in-person", atMs: 7 },
    isFrozen: false,
    isSuspended: false,
  }
  await store.savePeer(peer)
  await store.savePeer({ ...peer, isFrozen: true })
  expect(await store.peers()).toEqual([{ ...peer, isFrozen: true }])
})
