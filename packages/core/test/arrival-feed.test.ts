import fc from "fast-check"
import { expect, test } from "vitest"

import {
  ArrivalFeed,
  feedTimes,
  type Digest,
  type HeldArrival,
  type Lane,
  type OrgId,
} from "@tearline/core"

const runs = 500

/** A gateway's store whose answer is from the moment at which it was asked. */
function store(window = 1_000) {
  const waiting: HeldArrival[] = []
  const given: HeldArrival[] = []
  const asked = { count: 0 }
  const feed = new ArrivalFeed({
    untaken: async (limit, excluding) => {
      asked.count += 1
      const rows = waiting.filter((it) => !excluding.includes(it.digest))
      const answer = rows.toSorted((a, b) => a.lane - b.lane || a.atMs - b.atMs).slice(0, limit)
      await Promise.resolve()
      await Promise.resolve()
      return answer
    },
    timers: { after: () => () => undefined },
    window,
  })
  /** Durable, and not told to the feed yet, or ever where another process has written it. */
  function write(lane: Lane): HeldArrival {
    const digest = `${waiting.length}` as Digest
    const bytes = new Uint8Array()
    const rest = { unit: bytes, custody: bytes, atMs: waiting.length, sender: "a" as OrgId }
    const arrival = { digest, lane, ...rest }
    waiting.push(arrival)
    return arrival
  }
  const hold = (lane: Lane) => feed.held(write(lane))
  const left = () => waiting.filter((it) => !given.includes(it))
  return { feed, write, hold, left, given, asked }
}

const lanes = fc.constantFrom<Lane>(0, 1, 2, 3)

test("whatever comes when, the most urgent of what is held goes next", async () => {
  const steps = fc.array(
    fc.record({
      before: fc.array(lanes, { maxLength: 4 }),
      during: fc.array(lanes, { maxLength: 2 }),
    }),
    { maxLength: 20 },
  )
  const property = fc.asyncProperty(steps, async (all) => {
    const { feed, hold, left, given } = store()
    expect(await feed.next()).toBeNull()
    for (const { before, during } of all) {
      for (const lane of before) hold(lane)
      const waiting = left()
      if (waiting.length === 0) continue
      const asked = feed.next()
      await Promise.resolve()
      for (const lane of during) hold(lane)
      const arrival = (await asked) as HeldArrival
      expect(arrival.lane).toBeLessThanOrEqual(Math.min(...waiting.map((it) => it.lane)))
      expect(given).not.toContain(arrival)
      const older = left().filter((it) => it.lane === arrival.lane && it.atMs < arrival.atMs)
      expect(older, "oldest first within a lane (M-CAR-10)").toEqual([])
      given.push(arrival)
    }
    feed.end()
  })
  await fc.assert(property, { numRuns: runs })
})

test("what waits for room goes as soon as something is taken, and FLASH has room of its own", async () => {
  const window = 16
  const { feed, hold, left, given } = store(window)
  await feed.next()
  for (let at = 0; at < window; at += 1) hold(3)
  const common = window - window / 8
  for (let at = 0; at < common; at += 1) given.push((await feed.next()) as HeldArrival)
  const waiting = feed.next()
  hold(0)
  const flash = (await waiting) as HeldArrival
  expect(flash.lane).toBe(0)
  given.push(flash)
  const last = feed.next()
  feed.taken([given[0]?.digest as Digest])
  expect((await last)?.digest).toBe(left()[0]?.digest)
})

test("a FLASH that is committed while others wait goes at once, without asking the store", async () => {
  const { feed, hold, asked } = store()
  await feed.next()
  for (let at = 0; at < 40; at += 1) hold(3)
  expect((await feed.next())?.lane).toBe(3)
  const before = asked.count
  hold(0)
  expect((await feed.next())?.lane).toBe(0)
  expect((await feed.next())?.lane, "and what was read before it is not read again").toBe(3)
  expect(asked.count).toBe(before)
})

test("whoever wrote it, and whenever the feed hears of it, each arrival comes once", async () => {
  const heard = fc.constantFrom("at once", "meanwhile", "later", "never")
  const writes = fc.array(fc.record({ lane: lanes, heard }), { maxLength: 60 })
  const property = fc.asyncProperty(writes, fc.nat(3), async (all, often) => {
    const { feed, write, left, given } = store()
    await feed.next()
    const unheard = { meanwhile: [] as HeldArrival[], later: [] as HeldArrival[] }
    const hear = (list: HeldArrival[]) => {
      for (const it of list.splice(0)) feed.held(it)
    }
    const give = async () => {
      const asked = feed.next()
      await Promise.resolve()
      hear(unheard.meanwhile)
      given.push((await asked) as HeldArrival)
      hear(unheard.later)
    }
    for (const [at, { lane, heard: when }] of all.entries()) {
      const arrival = write(lane)
      if (when === "at once") feed.held(arrival)
      else if (when !== "never") unheard[when].push(arrival)
      if (at % (often + 1) === 0) await give()
    }
    while (left().length > 0) await give()
    expect(new Set(given).size).toBe(given.length)
    feed.end()
  })
  await fc.assert(property, { numRuns: runs })
})

test("what another process of the gateway has committed is found by the sweep", async () => {
  const rows: HeldArrival[] = []
  const timers: (() => void)[] = []
  const feed = new ArrivalFeed({
    untaken: async () => rows,
    timers: {
      after: (delayMs, run) => {
        if (delayMs < feedTimes.keepAliveMs) timers.push(run)
        return () => undefined
      },
    },
    window: 16,
  })
  await feed.next()
  const asked = feed.next()
  while (timers.length === 0) await Promise.resolve()
  const bytes = new Uint8Array()
  const names = { digest: "1" as Digest, sender: "a" as OrgId }
  rows.push({ ...names, lane: 3, unit: bytes, custody: bytes, atMs: 0 })
  timers.shift()?.()
  expect(await asked).toBe(rows[0])
  feed.end()
})
