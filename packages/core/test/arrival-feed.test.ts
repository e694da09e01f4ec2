import fc from "fast-check"
import { expect, test } from "vitest"

import { ArrivalFeed, type Digest, type HeldArrival, type Lane, type OrgId } from "@tearline/core"

const runs = 500

/** A gateway's store whose answer is from the moment at which it was asked. */
function store(window = 1_000) {
  const waiting: HeldArrival[] = []
  const given: HeldArrival[] = []
  const feed = new ArrivalFeed({
    untaken: async (limit, excluding) => {
      const rows = waiting.filter((it) => !excluding.includes(it.digest))
      const answer = rows.toSorted((a, b) => a.lane - b.lane || a.atMs - b.atMs).slice(0, limit)
      await Promise.resolve()
      await Promise.resolve()
      return answer
    },
    timers: { after: () => () => undefined },
    window,
  })
  function hold(lane: Lane): void {
    const digest = `${waiting.length}` as Digest
    const bytes = new Uint8Array()
    const rest = { unit: bytes, custody: bytes, atMs: waiting.length, sender: "a" as OrgId }
    waiting.push({ digest, lane, ...rest })
    feed.held(lane)
  }
  const left = () => waiting.filter((it) => !given.includes(it))
  return { feed, hold, left, given }
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
      before.forEach(hold)
      const waiting = left()
      if (waiting.length === 0) continue
      const asked = feed.next()
      await Promise.resolve()
      during.forEach(hold)
      const arrival = (await asked) as HeldArrival
      expect(arrival.lane).toBeLessThanOrEqual(Math.min(...waiting.map((it) => it.lane)))
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
