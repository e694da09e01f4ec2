/** Laws of the link: what is numbered, what is missing, what is held, and who is silent. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  beAliveOf,
  builtInPolicy,
  gapCount,
  gapsOf,
  heartbeatIsDue,
  isOverdue,
  isSilent,
  lastWrittenMs,
  newLink,
  nextLanePlace,
  toldOf,
  toldOfAll,
  unheldBy,
  unheldCount,
  withSealed,
  withTaken,
  withTold,
  type Lane,
  type Link,
} from "@tearline/core"

import { forged, takenOff } from "./fixtures/forged.ts"
import { readUnit } from "./fixtures/suite.ts"
import { createWorld, orgIdOf } from "./fixtures/world.ts"

const hour = 3_600_000
const startedMs = Date.UTC(2030, 0, 15, 12)
const fresh = () => newLink(orgIdOf("birch"), startedMs)

const lane = fc.constantFrom<Lane>(0, 1, 2, 3)
const place = fc.record({
  epoch: fc.integer({ min: 1, max: 3 }),
  lane,
  number: fc.integer({ min: 1, max: 30 }),
})
type Place = Pick<ReturnType<typeof nextLanePlace>, "epoch" | "lane" | "number">

const takeAll = (places: readonly Place[]): Link =>
  places.reduce((link, it) => withTaken(link, it, startedMs), fresh())

const keyOf = (it: { epoch: number; lane: number; number: number }) =>
  `${it.epoch}/${it.lane}/${it.number}`

/** Every number that a held list says is held. */
const saidHeld = (held: Link["held"]): string[] =>
  held.flatMap(({ epoch, lane: of, upTo, beyond }) =>
    [[1, upTo] as const, ...beyond].flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, at) =>
        keyOf({ epoch, lane: of, number: from + at }),
      ),
    ),
  )

describe("lanes", () => {
  test("M-LNK-1: each lane counts from 1 without a gap and names its own previous slot", () => {
    fc.assert(
      fc.property(fc.array(lane, { maxLength: 40 }), (lanes) => {
        let link = fresh()
        const sent = new Map<Lane, string[]>()
        for (const [index, it] of lanes.entries()) {
          const next = nextLanePlace(link, it)
          const before = sent.get(it) ?? []
          expect(next).toEqual({
            epoch: 1,
            lane: it,
            number: before.length + 1,
            previousSlotHash: before.at(-1) ?? null,
          })
          link = withSealed(link, next, `slot ${index}`, startedMs)
          sent.set(it, [...before, `slot ${index}`])
        }
      }),
    )
  })

  test("M-LNK-2: whatever the order and however often, the same slots leave the same held", () => {
    fc.assert(
      fc.property(fc.array(place), fc.infiniteStream(fc.nat()), (places, choices) => {
        const shuffled = [...places, ...places]
          .map((it) => ({ it, at: Number(choices.next().value) }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ it }) => it)
        expect(takeAll(shuffled)).toEqual(takeAll(places))
      }),
    )
  })

  test("M-LNK-2: a message is taken though the one before it never came", async () => {
    const world = createWorld()
    await world.warn("alder", "birch")
    takenOff(world.road)
    const second = await world.warn("alder", "birch")
    await world.deliver(takenOff(world.road))
    expect(await world.of("birch").journal.thread(second)).toBeDefined()
    const stored = await world.of("birch").journal.link(orgIdOf("alder"))
    expect(stored && gapsOf(stored.link)).toEqual([{ epoch: 1, lane: 0, number: 1 }])
  })
})

describe("held and missing", () => {
  test("M-LNK-3: what a restored node tells is what was taken, each number once", () => {
    fc.assert(
      fc.property(fc.array(place), (places) => {
        const told = saidHeld(toldOfAll(takeAll(places)))
        expect(told.toSorted()).toEqual([...new Set(places.map(keyOf))].toSorted())
      }),
    )
  })

  test("M-LNK-3: with every other message it is that of the newest epoch alone", () => {
    fc.assert(
      fc.property(fc.array(place), (places) => {
        const newest = Math.max(0, ...places.map((it) => it.epoch))
        const link = takeAll(places)
        expect(toldOf(link)).toEqual(toldOfAll(link).filter((it) => it.epoch === newest))
      }),
    )
  })

  test("M-LNK-3: a gap that never closes does not make what is told outgrow a slot", () => {
    const numbers = Array.from({ length: 300 }, (_, index) => index + 2)
    const link = takeAll(numbers.map((number) => ({ epoch: 1, lane: 3, number })))
    expect(toldOf(link)).toEqual([{ epoch: 1, lane: 3, upTo: 0, beyond: [[2, 301]] }])
    expect(gapsOf(link)).toEqual([{ epoch: 1, lane: 3, number: 1 }])
    const odd = takeAll(numbers.map((number) => ({ epoch: 1, lane: 3, number: 2 * number })))
    const runs = numbers.slice(0, 32).map((number) => [2 * number, 2 * number])
    expect(toldOf(odd)).toEqual([{ epoch: 1, lane: 3, upTo: 0, beyond: runs }])
    const epochs = Array.from({ length: 70 }, (_, index) => ({
      epoch: index + 1,
      lane: 0 as const,
      number: 1,
    }))
    expect(toldOfAll(takeAll(epochs)).map((it) => it.epoch)).toEqual(
      epochs.slice(-64).map((it) => it.epoch),
    )
  })

  test("M-LNK-3: a peer that leaves gaps and opens epochs without end does not make us grow", () => {
    const gappy = Array.from({ length: 1_200 }, (_, at) => ({
      epoch: 1,
      lane: 0 as const,
      number: 2 * at + 2,
    }))
    expect(takeAll(gappy).held[0]?.beyond).toHaveLength(1_000)
    const epochs = Array.from({ length: 500 }, (_, at) => ({
      epoch: at + 1,
      lane: 0 as const,
      number: 1,
    }))
    expect(takeAll(epochs).held).toHaveLength(64)
  })

  test("M-LNK-3: gaps in every lane of every epoch cost no more than four thousand runs", () => {
    const beyond = Array.from({ length: 1_000 }, (_, at): [number, number] => [
      2 * at + 2,
      2 * at + 2,
    ])
    const rows = Array.from({ length: 64 }, (_, at) => ({ epoch: 1 + (at >> 2), lane: at & 3 }))
    const full = { ...takeAll([]), held: rows.map((it) => ({ ...it, upTo: 0, beyond })) }
    const after = withTaken(full, { epoch: 16, lane: 3, number: 1 }, 0)
    const lengths = after.held.map((it) => it.beyond.length)
    expect(lengths).toEqual([...Array.from({ length: 59 }, () => 0), 1, 1_000, 1_000, 1_000, 999])
  })

  test("M-LNK-4: the gaps are exactly the numbers missing below one that is here", () => {
    fc.assert(
      fc.property(fc.array(place), (places) => {
        const here = new Set(places.map(keyOf))
        const missing = places.flatMap(({ number, ...rest }) =>
          Array.from({ length: number - 1 }, (_, index) => keyOf({ ...rest, number: index + 1 })),
        )
        const expected = [...new Set(missing)].filter((it) => !here.has(it))
        const link = takeAll(places)
        expect(gapsOf(link).map(keyOf).toSorted()).toEqual(expected.toSorted())
        expect(gapCount(link)).toBe(expected.length)
      }),
    )
  })

  test("M-LNK-4: a number far ahead shows a thousand gaps, not a million million", () => {
    const link = takeAll([{ epoch: 1, lane: 0, number: 1e15 }])
    expect(gapsOf(link)).toHaveLength(1_000)
    expect(gapCount(link)).toBe(1_000)
  })

  test("M-LNK-9: what the peer told is joined in any order, and never beyond what was given", () => {
    const row = fc.record({
      lane: fc.constantFrom(0, 1),
      epoch: fc.constantFrom(1, 2),
      upTo: fc.nat(12),
      beyond: fc.array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 }))),
    })
    const told = fc.array(fc.record({ epoch: fc.constantFrom(1, 2), rows: fc.array(row) }))
    const sent = [...Array(10).keys()].reduce(
      (link) => withSealed(link, nextLanePlace(link, 0), "slot", startedMs),
      fresh(),
    )
    fc.assert(
      fc.property(told, (all) => {
        const after = (order: typeof all) =>
          order.reduce((link, it) => withTold(link, it.epoch, it.rows), sent)
        const link = after(all)
        expect(after(all.toReversed())).toEqual(link)
        expect(after([...all, ...all])).toEqual(link)
        const held = link.toldHeld?.rows ?? []
        expect(saidHeld(held).every((it) => Number(it.split("/")[2]) <= 10)).toBe(true)
        expect(unheldCount(link)).toBe(unheldBy(link).length)
        expect(unheldBy(link).every((it) => it.epoch === 1 && it.lane === 0)).toBe(true)
      }),
    )
  })

  test("M-LNK-9: a number of ours that the peer skips shows at us, until it holds it", async () => {
    const world = createWorld()
    await world.warn("alder", "birch")
    const first = takenOff(world.road)
    await world.warn("alder", "birch")
    const unheld = async () => {
      const stored = await world.of("alder").journal.link(orgIdOf("birch"))
      return stored && unheldBy(stored.link)
    }
    await world.deliverAll()
    expect(await unheld()).toEqual([{ epoch: 1, lane: 0, number: 1 }])
    await world.deliver(first)
    await world.deliverAll()
    expect(await unheld()).toEqual([])
  })

  test("M-LNK-9: after a restore of the peer what it told before counts no more", () => {
    const sent = withSealed(fresh(), nextLanePlace(fresh(), 0), "slot", startedMs)
    const row = { lane: 0, epoch: 1, upTo: 1, beyond: [] }
    const told = withTold(sent, 1, [row])
    const restored = withTold(told, 2, [{ ...row, upTo: 0 }])
    expect(restored.toldHeld).toEqual({ peerEpoch: 2, rows: [{ ...row, upTo: 0 }] })
    expect(withTold(restored, 1, [row])).toBe(restored)
  })

  test("a slot takes no place but the next", () => {
    const skipped = { ...nextLanePlace(fresh(), 0), number: 2 }
    expect(() => withSealed(fresh(), skipped, "slot", startedMs)).toThrow("takes the next place")
  })

  test("M-LNK-3: every message tells what its author holds", async () => {
    const world = createWorld()
    await world.warn("alder", "birch")
    await world.deliver(takenOff(world.road))
    const answer = readUnit(takenOff(world.road).item.unit)
    expect(answer.addressee.part.held).toEqual([{ epoch: 1, lane: 0, upTo: 1, beyond: [] }])
  })
})

describe("signs of life", () => {
  const { heartbeatMs } = builtInPolicy

  test("M-LNK-5: a heartbeat is due an hour after the last thing sealed, whatever that was", () => {
    fc.assert(
      fc.property(lane, fc.nat(3 * hour), fc.nat(3 * hour), (it, sealedAfter, askedAfter) => {
        const sealed = withSealed(
          fresh(),
          nextLanePlace(fresh(), it),
          "slot",
          startedMs + sealedAfter,
        )
        const isDue = heartbeatIsDue(sealed, heartbeatMs, startedMs + sealedAfter + askedAfter)
        expect(isDue).toBe(askedAfter >= hour)
      }),
    )
  })

  test("M-LNK-5: a quiet link gets one heartbeat an hour, and one that speaks gets none", async () => {
    const world = createWorld()
    // The first is due at once: it says that we are here.
    for (const atMs of [world.nowMs, world.nowMs + hour]) {
      world.nowMs = atMs
      await world.tick("alder", "birch")
      await world.tick("alder", "birch")
      const { statement, addressee } = readUnit(takenOff(world.road).item.unit)
      expect([statement.kind, addressee.part.subject]).toEqual(["heartbeat", null])
      expect(world.road).toEqual([])
    }
    await world.warn("alder", "birch")
    world.nowMs += hour - 1
    await world.tick("alder", "birch")
    expect(world.road).toHaveLength(1)
  })

  test("M-LNK-6: only what the peer's exchange sealed is a sign of life, custody is none", async () => {
    const world = createWorld()
    const heard = async () =>
      (await world.of("alder").journal.link(orgIdOf("birch")))?.link.heardAtMs
    const thread = await world.warn("alder", "birch")
    const begun = await heard()
    world.nowMs += 3 * hour
    await world.deliver(takenOff(world.road))
    expect(await heard()).toBe(begun)
    await world.deliver(takenOff(world.road))
    expect(await heard()).toBe(world.nowMs)
    expect(thread).toBeTypeOf("string")
  })

  test("M-LNK-6: a peer is silent once interval and slack have passed, not before", () => {
    fc.assert(
      fc.property(fc.nat(5 * hour), fc.nat(hour), (afterMs, slackMs) => {
        const times = { intervalMs: heartbeatMs, slackMs, nowMs: startedMs + afterMs }
        expect(isSilent(fresh(), times)).toBe(afterMs > heartbeatMs + slackMs)
      }),
    )
  })
})

describe("be alive", () => {
  const terms = { own: orgIdOf("alder"), intervalMs: hour, policy: builtInPolicy }
  const slackMs = builtInPolicy.custodyMs

  test("M-LNK-10: each side owes the other a sign of life by interval and custody's time", () => {
    fc.assert(
      fc.property(fc.nat(3 * hour), fc.nat(3 * hour), (heardAfter, sealedAfter) => {
        const heard = withTaken(fresh(), { epoch: 1, lane: 0, number: 1 }, startedMs + heardAfter)
        const link = { ...heard, sealedAtMs: startedMs + sealedAfter }
        const [theirs, ours] = beAliveOf(link, terms)
        expect(theirs).toMatchObject({ owedBy: orgIdOf("birch"), startMs: startedMs + heardAfter })
        expect(ours).toMatchObject({ owedBy: orgIdOf("alder"), startMs: startedMs + sealedAfter })
        for (const it of [theirs, ours]) {
          expect(it.dueMs).toBe(it.startMs + hour + slackMs)
          expect(isOverdue(it, it.dueMs)).toBe(false)
          expect(isOverdue(it, it.dueMs + 1)).toBe(true)
        }
      }),
    )
  })

  test("M-LNK-10: a link on which nothing was ever sealed counts from its beginning", () => {
    expect(beAliveOf(fresh(), terms).map((it) => it.startMs)).toEqual([startedMs, startedMs])
  })
})

describe("bounds", () => {
  test("M-LNK-7: sixty refusals an hour are said to one peer, the rest only recorded", async () => {
    const world = createWorld()
    await world.warn("alder", "birch")
    const warning = takenOff(world.road)
    const poison = (salt: number) => forged(warning, { statement: { content: { salt } } })
    for (let salt = 0; salt < 70; salt += 1) await world.deliver(poison(salt))
    expect(world.road).toHaveLength(60)
    expect(world.of("birch").journal.arrivals.size).toBe(70)
    world.nowMs += hour
    await world.deliver(poison(70))
    expect(world.road).toHaveLength(61)
  })

  test("M-LNK-7: the hour of sixty refusals begins with the first, whatever comes in it", async () => {
    const world = createWorld()
    await world.warn("alder", "birch")
    const warning = takenOff(world.road)
    const poison = (salt: number) => forged(warning, { statement: { content: { salt } } })
    for (let salt = 0; salt < 70; salt += 1) {
      await world.deliver(poison(salt))
      if (salt === 30) world.nowMs += (2 * hour) / 3
    }
    expect(world.road).toHaveLength(60)
    world.nowMs += hour / 2
    await world.deliver(poison(70))
    expect(world.road).toHaveLength(61)
  })

  test("a refusal that is only recorded keeps the clock from starting before it (I10)", async () => {
    const world = createWorld()
    await world.warn("alder", "birch")
    const warning = takenOff(world.road)
    for (let salt = 0; salt < 61; salt += 1) {
      if (salt === 60) world.nowMs += hour / 2
      await world.deliver(forged(warning, { statement: { content: { salt } } }))
    }
    const stored = await world.of("birch").journal.link(orgIdOf("alder"))
    expect(lastWrittenMs(stored === undefined ? [] : [stored.link])).toBe(world.nowMs)
  })

  test("M-LNK-8: an envelope that comes twice at once is taken once (I3)", async () => {
    const world = createWorld()
    const thread = await world.warn("alder", "birch")
    const warning = takenOff(world.road)
    await Promise.all([world.deliver(warning), world.deliver(warning)])
    expect(world.road).toHaveLength(1)
    const held = await world.of("birch").journal.thread(thread)
    expect(held?.thread.messages).toHaveLength(2)
  })

  test("M-LNK-4: of more gaps than are kept the lowest stay known", () => {
    let link = fresh()
    for (let at = 1; at <= 1_100; at += 1) {
      link = withTaken(link, { epoch: 1, lane: 3, number: 2 * at }, startedMs)
    }
    const [row] = link.held
    expect(row?.beyond).toHaveLength(1_000)
    expect(row?.beyond[0]).toEqual([2, 2])
    expect(gapsOf(link)[0]).toEqual({ epoch: 1, lane: 3, number: 1 })
  })

  test("M-LNK-8: an envelope that comes again is taken once and answered once (I3)", async () => {
    const world = createWorld()
    const thread = await world.warn("alder", "birch")
    const warning = takenOff(world.road)
    for (let times = 0; times < 3; times += 1) await world.deliver(warning)
    expect(world.road).toHaveLength(1)
    const held = await world.of("birch").journal.thread(thread)
    expect(held?.thread.messages).toHaveLength(2)
  })

  test("what was durable and reported as failed is shown when it comes again (I3)", async () => {
    const world = createWorld()
    const thread = await world.warn("alder", "birch")
    const { journal, shown } = world.of("birch")
    const warning = takenOff(world.road)
    journal.commits.losesNextAnswer = true
    await expect(world.deliver(warning)).rejects.toThrow("unavailable")
    expect(shown).toEqual([])
    await world.deliver(warning)
    expect(shown).toEqual([thread])
  })
})

test("a node starts no earlier than anything was sealed or came in on any link", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat())), (times) => {
      const links = times.map(([sealedAtMs, heardAtMs]) => ({ ...fresh(), sealedAtMs, heardAtMs }))
      expect(lastWrittenMs(links)).toBe(Math.max(0, ...times.flat()))
    }),
  )
})
