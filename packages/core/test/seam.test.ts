/** The folder seam between exchange and gateway: what a guard, a crash and a torn file can do. */

import { readFileSync } from "node:fs"

import fc from "fast-check"
import { describe, expect, test } from "vitest"

import { seamFolder, type Lane, type SeamRecord } from "@tearline/core"

import { memoryFolder } from "./fixtures/memory-folder.ts"
import { seamWorld, type SeamFault } from "./fixtures/seam-world.ts"
import { hashing, seededChance } from "./fixtures/suite.ts"

const lanes = fc.constantFrom<Lane>(0, 1, 2, 3)
const bodies = fc.uint8Array({ maxLength: 60 })
const ids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((it) => it.toHex())
const texts = fc.string({ unit: "grapheme-ascii", maxLength: 40 })

const records: fc.Arbitrary<SeamRecord> = fc.oneof(
  fc.record({
    kind: fc.constant("ask" as const),
    lane: lanes,
    body: bodies,
    id: ids,
    target: texts,
    about: texts,
  }),
  fc.record({
    kind: fc.constant("answer" as const),
    lane: lanes,
    body: bodies,
    id: ids,
    about: texts,
    status: fc.integer({ min: 0, max: 599 }),
  }),
  fc.record({ kind: fc.constant("frame" as const), lane: lanes, body: bodies }),
  fc.record({ kind: fc.constant("begun" as const), lane: lanes, body: bodies, id: ids }),
)

const folderOn = (disk: ReturnType<typeof memoryFolder>) =>
  seamFolder({ disk, hashing, chance: seededChance("seam") })

describe("a record of a seam", () => {
  test("comes out of its file as it went in, M-SEAM-1", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (record) => {
        const folder = folderOn(memoryFolder())
        const { name } = await folder.put(record)
        expect(await folder.look(name)).toMatchObject({ kind: "record", name, drop: record })
      }),
    )
  })

  test("cut or changed anywhere counts for nothing, M-SEAM-1", async () => {
    const change = fc.record({ at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) })
    await fc.assert(
      fc.asyncProperty(records, change, async (record, { at, bit }) => {
        const disk = memoryFolder()
        const { name } = await folderOn(disk).put(record)
        const bytes = disk.files.get(name) ?? new Uint8Array()
        const flipped = bytes.slice()
        flipped[at % bytes.length] = (flipped[at % bytes.length] ?? 0) ^ (1 << bit)
        for (const it of [flipped, bytes.slice(0, at % bytes.length)]) {
          disk.files.set(name, it)
          expect(await folderOn(disk).look(name)).toEqual({ kind: "bad", name, code: "damaged" })
        }
      }),
    )
  })
})

interface Vectors {
  readonly valid: readonly {
    readonly what: string
    readonly record: Record<string, unknown> & { readonly body: string }
    readonly file: string
    readonly bytes: string
  }[]
  readonly invalid: readonly {
    readonly reason: string
    readonly file: string
    readonly bytes: string
  }[]
}

const vectors = JSON.parse(
  readFileSync(`${import.meta.dirname}/../../../spec/vectors/seam.json`, "utf8"),
) as Vectors

describe("the seam's vectors", () => {
  test.each(vectors.valid)("$what: is read and written as it stands, M-SEAM-1", async (vector) => {
    const { record, file, bytes } = vector
    const drop = { ...record, body: Uint8Array.fromHex(record.body) } as SeamRecord
    const disk = memoryFolder()
    expect(await folderOn(disk).put(drop)).toEqual({ name: file, isNew: true })
    expect(disk.files.get(file)?.toHex()).toBe(bytes)
    expect(await folderOn(disk).look(file)).toMatchObject({ kind: "record", name: file, drop })
  })

  test.each(vectors.invalid)("$reason: counts for nothing, M-SEAM-1", async ({ file, bytes }) => {
    const disk = memoryFolder(new Map([[file, Uint8Array.fromHex(bytes)]]))
    expect(await folderOn(disk).look(file)).toMatchObject({ kind: "bad", name: file })
  })
})

const faults: fc.Arbitrary<SeamFault> = fc.record({
  atMs: fc.integer({ min: 0, max: 60_000 }),
  what: fc.constantFrom(
    "crash exchange",
    "crash gateway",
    "drop",
    "double",
    "tear",
    "delay",
    "pull exchange",
    "pull gateway",
    "gateway away",
  ),
})

describe("two halves with folders between them", () => {
  test("lose nothing and take nothing twice, whatever happens, I1, I3, M-SEAM-2, M-SEAM-3", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(faults, { maxLength: 30 }),
        fc.array(lanes, { maxLength: 8 }),
        fc.array(lanes, { maxLength: 8 }),
        async (struck, out, arrivals) => {
          const world = seamWorld({ faults: struck, out, arrivals })
          await world.run(60_000)
          world.heal()
          await world.run(400_000)
          expect(world.unanswered()).toEqual([])
          expect(world.untaken()).toEqual([])
          expect(world.answeredTwice()).toEqual([])
          expect(world.takenTwice()).toEqual([])
          expect(world.litter()).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)

  test("no list replaces a newer one and the last is taken, whatever happens, M-SEAM-4, M-CAR-19", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(faults, { maxLength: 30 }),
        fc.constantFrom(0, 3_000, 8_000),
        async (struck, slowMs) => {
          const world = seamWorld({ faults: struck, out: [], arrivals: [], slowMs })
          await world.run(60_000)
          world.heal()
          await world.run(400_000)
          expect(world.lists).toEqual(world.lists.toSorted((a, b) => a - b))
          expect(world.lists.at(-1)).toBe(world.changes)
          expect(world.litter()).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)

  test("what lies there and cannot be removed keeps nothing from being read", async () => {
    const world = seamWorld({ faults: [], out: [0, 1, 2, 3], arrivals: [1] })
    for (let at = 0; at < 60; at += 1) {
      world.litterGateway(`0-${at.toString(16).padStart(64, "0")}.tearline`)
      await world.run(100)
    }
    await world.run(30_000)
    expect(world.outages).toBe(0)
    expect(world.unanswered()).toEqual([])
  })

  test("answers later than anybody waits are of use still, M-SEAM-3", async () => {
    const world = seamWorld({ faults: [], out: [0, 1, 3], arrivals: [2, 0], slowMs: 8_000 })
    await world.run(120_000)
    expect(world.unanswered()).toEqual([])
    expect(world.untaken()).toEqual([])
    expect(world.answeredTwice()).toEqual([])
  })

  test("what is urgent is asked first, M-SEAM-5", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(lanes, { minLength: 1, maxLength: 12 }), async (out) => {
        const world = seamWorld({ faults: [], out, arrivals: [], isOneByOne: true })
        await world.run(60_000)
        expect(world.performedLanes).toEqual(out.toSorted((a, b) => a - b))
      }),
      { numRuns: 50 },
    )
  })
})
