import fc from "fast-check"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"

import { linkProgress } from "@tearline/store"

import { query } from "./database.ts"
import { Desks } from "./desk.ts"
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

test("a turn comes back as it was written", async () => {
  const store = await (await desks.fresh()).open()
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
  const store = await (await desks.fresh()).open()
  expect(await store.loadThread(threadId("none"))).toBeUndefined()
  expect(await store.link(cedar)).toBeUndefined()
  expect(await store.threadOf(digest("none"), birch)).toBeUndefined()
})

test("an envelope to two addressees belongs to a thread with each, one about the link to none", async () => {
  const store = await (await desks.fresh()).open()
  await store.commit([
    messageWrite("w", { thread: threadId("b"), peer: birch }),
    messageWrite("w", { thread: threadId("c"), peer: cedar }),
    messageWrite("h", { thread: null }),
  ])
  expect(await store.threadOf(digest("w"), birch)).toBe(threadId("b"))
  expect(await store.threadOf(digest("w"), cedar)).toBe(threadId("c"))
  expect(await store.threadOf(digest("h"), birch)).toBeNull()
})

test("a turn on a stale thread or link writes nothing at all", async () => {
  const store = await (await desks.fresh()).open()
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
    expect(await store.threadOf(digest(`m${index}`), birch)).toBeUndefined()
  }
  expect((await store.loadThread(threadId("t")))?.version).toBe(1)
})

test("of two turns on one version exactly one is written", async () => {
  const desk = await desks.fresh()
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
  const store = await (await desks.fresh()).open()
  const first = linkWrite()
  const second = linkWrite({ expectedVersion: 1, version: 2, link: link({ epoch: 2 }) })
  await store.commit([first, second, threadWrite("t"), obligationWrite(threadId("t"))])
  expect(await store.link(birch)).toEqual({ link: link({ epoch: 2 }), version: 2 })
  const gap = linkWrite({ expectedVersion: 9, version: 10 })
  const turn = [linkWrite({ expectedVersion: 2, version: 3 }), gap]
  await expect(store.commit(turn)).rejects.toMatchObject({ code: "conflict" })
})

test("writing the same facts again changes nothing", async () => {
  const store = await (await desks.fresh()).open()
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

test("M-LNK-15: of several receipts for one envelope the first that was returned counts", async () => {
  const store = await (await desks.fresh()).open()
  const t = threadId("t")
  const given = custodyWrite("m", t)
  const { custody } = given
  const returned = (atMs: number) => ({ ...given, custody: { ...custody, atMs, isReturned: true } })
  await store.commit([threadWrite("t"), messageWrite("m"), given])
  expect((await store.loadThread(t))?.custody).toEqual([custody])
  for (const atMs of [2_000, 3_000, 1]) await store.commit([returned(atMs) as typeof given])
  const kept = { ...custody, atMs: 2_000, isReturned: true }
  expect((await store.loadThread(t))?.custody).toEqual([kept])
})

test("a failed turn leaves its connection good for the next, new statement or known", async () => {
  const store = await (await desks.fresh()).open()
  for (let round = 0; round < 4; round += 1) {
    const stale = threadWrite("t", { expectedVersion: null })
    if (round === 0) await store.commit([stale])
    await expect(store.commit([stale, arrivalWrite("a")])).rejects.toThrow("read it again")
    await store.commit([messageWrite(`m${round}`)])
  }
  expect((await store.loadThread(threadId("t")))?.messages).toHaveLength(4)
})

test.each(["signed", "part", "opening"])(
  "a bit that turned over in a message is damage, and the message is named: %s",
  async (column) => {
    const desk = await desks.fresh()
    const store = await desk.open()
    await store.commit([threadWrite("t"), linkWrite(), messageWrite("m")])
    const lane = { peer: birch, direction: "out", lane: 3, after: { epoch: 0, number: 0 } } as const
    const toGiveBack = [
      () => store.exchanged({ ...lane, limit: 10 }),
      () => store.sent(digest("m"), birch),
    ]
    const toShow = () => store.loadThread(threadId("t"))
    // Nobody is shown what opens a message for others.
    const readings = column === "opening" ? toGiveBack : [toShow, ...toGiveBack]
    for (const read of [toShow, ...toGiveBack]) expect(await read()).toBeDefined()
    const last = `length(${column}) - 1`
    await query(desk.ownerUrl, [
      `update exchange.message set ${column} = set_byte(${column}, ${last},
      get_byte(${column}, ${last}) # 64)`,
    ])
    for (const read of readings) {
      await expect(read()).rejects.toMatchObject({
        code: "corrupt",
        about: messageId("m"),
        message: expect.stringMatching(`${messageId("m")}.*restore`),
      })
    }
  },
)

test.each([
  ["state", "replace(state, '\"epoch\":1', '\"epoch\":3')"],
  ["version", "version # 4"],
])("a bit that turned over in a link is damage, and its peer is named: %s", async (column, to) => {
  const desk = await desks.fresh()
  const store = await desk.open()
  await store.commit([linkWrite()])
  expect(await store.links()).toHaveLength(1)
  await query(desk.ownerUrl, [`update exchange.link set ${column} = ${to}`])
  const named = { code: "corrupt", about: birch, message: expect.stringContaining(birch) }
  for (const read of [
    () => store.links(),
    () => store.link(birch),
    () => linkProgress(desk.ownerUrl),
  ]) {
    await expect(read()).rejects.toMatchObject(named)
  }
})

test("an error names the statement and never a value (I13)", async () => {
  const store = await (await desks.fresh()).open()
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
  const store = await (await desks.fresh()).open()
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

test("a thread is found by what its id begins with", async () => {
  const store = await (await desks.fresh()).open()
  await store.commit([threadWrite("a"), threadWrite("b"), threadWrite("c")])
  const id = threadId("b")
  expect(await store.findThread(id)).toEqual([id])
  expect(await store.findThread(id.slice(0, 7))).toEqual([id])
  expect(await store.findThread("")).toEqual([])
  expect(await store.findThread("no hex")).toEqual([])
  expect(await store.threads({ limit: 2 })).toHaveLength(2)
})

test("counts add up", async () => {
  const store = await (await desks.fresh()).open()
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

test("an arrival is quarantined at its second strike (I9)", async () => {
  const store = await (await desks.fresh()).open()
  expect(await store.strike(digest("p"), bytes("poison"))).toBe(1)
  expect(await store.quarantined()).toEqual([])
  expect(await store.strike(digest("p"), bytes("poison"))).toBe(2)
  expect(await store.quarantined()).toEqual([{ digest: digest("p"), strikes: 2 }])
})

test("a peer is kept as it was compared, and again after a change", async () => {
  const store = await (await desks.fresh()).open()
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
