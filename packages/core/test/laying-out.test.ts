/** What a courier lays out where there is not room for all of it. */

import fc from "fast-check"
import { describe, expect, test } from "vitest"

import {
  decodeDrop,
  DropFolder,
  dropNameOf,
  encodeDrop,
  handIn,
  layOut,
  type Drop,
  type LaidOut,
  type Lane,
  type OrgId,
} from "@tearline/core"

import { office, type Office } from "./fixtures/by-file.ts"
import { memoryFolder, type MemoryFolder } from "./fixtures/memory-folder.ts"
import { hashing, seededChance } from "./fixtures/suite.ts"

const alderOrg = "a1".repeat(16) as OrgId
const birchOrg = "b2".repeat(16) as OrgId
const cedarOrg = "c3".repeat(16) as OrgId

const folderOn = (disk: MemoryFolder) =>
  new DropFolder({ disk, hashing, chance: seededChance("laying out") })

const lay = ({ own, door }: Office, stick: MemoryFolder, to?: OrgId): Promise<LaidOut> =>
  layOut(folderOn(stick), door, { own, ...(to === undefined ? {} : { to }) })

const dropsOn = ({ files }: MemoryFolder): Drop[] =>
  [...files.values()].flatMap((it) => decodeDrop(it) ?? [])

const sizeOf = (drops: readonly Drop[]) => drops.reduce((sum, it) => sum + encodeDrop(it).length, 0)

async function allOf({ door }: Office): Promise<Drop[]> {
  const drops: Drop[] = []
  let after = null
  do {
    const page = await door.take({ to: null, after })
    drops.push(...page.files.flatMap((it) => decodeDrop(it) ?? []))
    after = page.next
  } while (after !== null)
  return drops
}

interface Sent {
  readonly lane: Lane
  readonly length: number
}

const sendings: fc.Arbitrary<Sent[]> = fc.array(
  fc.record({
    lane: fc.constantFrom<Lane>(0, 1, 2, 3),
    length: fc.integer({ min: 0, max: 2_000 }),
  }),
  { maxLength: 12 },
)

async function send(sender: Office, sent: readonly Sent[], word: string): Promise<void> {
  for (const [at, { lane, length }] of sent.entries()) {
    await sender.send(birchOrg, lane, `${word} ${at} ${"x".repeat(length)}`)
  }
}

describe("a courier at a full stick", () => {
  test("lays out what is more urgent first, and loses nothing, M-FIL-9", async () => {
    const size = fc.integer({ min: 0, max: 12_000 })
    await fc.assert(
      fc.asyncProperty(sendings, sendings, size, fc.boolean(), async (old, news, max, isTold) => {
        const alder = office(alderOrg, [birchOrg])
        const stick = memoryFolder()
        stick.hold(max)
        const silent: MemoryFolder = { ...stick }
        delete (silent as { room?: unknown }).room
        const disk = isTold ? stick : silent
        const reserve = isTold ? Math.floor(max / 8) : 0
        await send(alder, old, "old")
        await lay(alder, disk)
        await send(alder, news, "new")
        const done = await lay(alder, disk)
        const there = dropsOn(stick)
        const names = new Set(stick.files.keys())
        const all = await allOf(alder)
        const missing = all.filter((it) => !names.has(dropNameOf(encodeDrop(it), hashing)))
        expect(missing.length).toBe(done.noRoom.reduce((sum, it) => sum + it, 0))
        expect(all.length).toBe(old.length + news.length)
        for (const it of missing) {
          // Not even with everything less urgent gone.
          const kept = sizeOf(there.filter((other) => other.lane <= it.lane))
          const room = max - kept - (it.lane === 0 ? 0 : reserve)
          expect(sizeOf([it])).toBeGreaterThan(room)
        }
        const next = memoryFolder()
        await lay(alder, next)
        expect(next.files.size).toBe(all.length)
      }),
    )
  })

  test("takes off what is answered before it gives up anything, M-FIL-6, M-FIL-9", async () => {
    const content = fc.integer({ min: 1, max: 400 })
    await fc.assert(
      fc.asyncProperty(fc.array(content, { maxLength: 8 }), content, async (answered, room) => {
        const alder = office(alderOrg, [birchOrg])
        const stick = memoryFolder()
        for (const [at, length] of answered.entries()) {
          const old = new Uint8Array(length).fill(at)
          const drop = { kind: "unit", lane: 3, from: alderOrg, to: birchOrg } as const
          await folderOn(stick).put({ ...drop, content: old })
        }
        const bytesMax = sizeOf(dropsOn(stick)) + room
        stick.hold(bytesMax)
        await alder.send(birchOrg, 0, "a FLASH")
        const [flash] = await allOf(alder)
        if (flash === undefined) throw new Error("nothing is to go")
        const fits = sizeOf([flash]) <= bytesMax
        const done = await lay(alder, stick)
        expect(done).toMatchObject({ units: fits ? 1 : 0, removed: answered.length, displaced: 0 })
        expect(done.noRoom).toEqual([fits ? 0 : 1, 0, 0, 0])
        expect(dropsOn(stick)).toEqual(fits ? [flash] : [])
      }),
    )
  })

  test("of a stick that is full of ROUTINE makes room for a FLASH, and they go again, M-FIL-9", async () => {
    const alder = office(alderOrg, [birchOrg])
    const stick = memoryFolder()
    await send(
      alder,
      Array.from({ length: 9 }, () => ({ lane: 3 as const, length: 900 })),
      "r",
    )
    await lay(alder, stick)
    stick.hold(sizeOf(dropsOn(stick)))
    await alder.send(birchOrg, 0, "a FLASH")
    const done = await lay(alder, stick)
    expect(dropsOn(stick).filter((it) => it.lane === 0)).toHaveLength(1)
    expect(done).toMatchObject({ displaced: 1, noRoom: [0, 0, 0, 1] })
    expect(alder.waiting()).toHaveLength(10)
  })

  test("who was sent a full stick has room for the receipts, M-FIL-9", async () => {
    const alder = office(alderOrg, [birchOrg])
    const birch = office(birchOrg, [alderOrg])
    const stick = memoryFolder()
    await send(
      alder,
      Array.from({ length: 9 }, () => ({ lane: 3 as const, length: 900 })),
      "r",
    )
    await lay(alder, stick)
    stick.hold(sizeOf(dropsOn(stick)))
    await handIn(folderOn(stick), birch.door, { own: birchOrg })
    expect(await lay(birch, stick)).toMatchObject({ answers: 9, cleared: 9, noRoom: [0, 0, 0, 0] })
    await handIn(folderOn(stick), alder.door, { own: alderOrg })
    expect(alder.waiting()).toEqual([])
  })

  test("keeps the last of a stick for FLASH, whoever comes to it next, M-FIL-14", async () => {
    const alder = office(alderOrg, [cedarOrg])
    const birch = office(birchOrg, [alderOrg])
    const stick = memoryFolder()
    stick.hold(16_000)
    for (let at = 0; at < 30; at += 1) await alder.send(cedarOrg, 3, `${at} ${"x".repeat(800)}`)
    expect((await lay(alder, stick)).noRoom[3]).toBeGreaterThan(0)
    await birch.send(alderOrg, 3, `a ROUTINE ${"x".repeat(1_000)}`)
    await birch.send(alderOrg, 0, `a FLASH ${"x".repeat(1_000)}`)
    expect((await lay(birch, stick)).noRoom).toEqual([0, 0, 0, 1])
    expect(dropsOn(stick).map((it) => [it.from, it.lane])).toContainEqual([birchOrg, 0])
  })

  test("leaves what goes to others where only one peer's is laid out, M-FIL-9", async () => {
    const alder = office(alderOrg, [birchOrg, cedarOrg])
    const stick = memoryFolder()
    await alder.send(cedarOrg, 3, "x".repeat(2_000))
    await lay(alder, stick)
    stick.hold(sizeOf(dropsOn(stick)) + 10)
    await alder.send(birchOrg, 0, "a FLASH")
    expect(await lay(alder, stick, birchOrg)).toMatchObject({ displaced: 0, noRoom: [1, 0, 0, 0] })
    expect(dropsOn(stick).map((it) => it.to)).toEqual([cedarOrg])
    expect(await lay(alder, stick)).toMatchObject({ displaced: 1, noRoom: [0, 0, 0, 1] })
  })

  test("pulled anywhere while it makes room, loses nothing, M-FIL-9", async () => {
    for (let calls = 1; calls < 60; calls += 1) {
      const alder = office(alderOrg, [birchOrg])
      const stick = memoryFolder()
      await send(
        alder,
        Array.from({ length: 4 }, () => ({ lane: 3 as const, length: 300 })),
        "r",
      )
      await lay(alder, stick)
      stick.hold(sizeOf(dropsOn(stick)))
      await alder.send(birchOrg, 0, "a FLASH")
      stick.pullAfter(calls)
      await lay(alder, stick).catch(() => undefined)
      stick.mend()
      expect(alder.waiting()).toHaveLength(5)
      await lay(alder, stick)
      expect(dropsOn(stick).filter((it) => it.lane === 0)).toHaveLength(1)
    }
  })
})
