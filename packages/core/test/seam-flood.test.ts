/** A folder of a seam into which the other half writes without end, and all of it as FLASH. */

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  SeamInside,
  SeamOutside,
  seamFolder,
  type Lane,
  type SeamAsk,
  type SeamPlaces,
  type SeamRecord,
} from "@tearline/core"

import { memoryFolder, type MemoryFolder } from "./fixtures/memory-folder.ts"
import { hashing, seededChance } from "./fixtures/suite.ts"

const timers = { after: () => () => undefined }
const idOf = (at: number) => at.toString(16).padStart(32, "0")

const folderOn = (disk: MemoryFolder) =>
  seamFolder({ disk, hashing, chance: seededChance("flood") })

const ask = (at: number, lane: Lane, bytes = 0): SeamRecord => ({
  kind: "ask",
  lane,
  id: idOf(at),
  target: `POST /${at}`,
  about: "",
  body: new Uint8Array(bytes),
})

async function filled(records: readonly SeamRecord[]): Promise<MemoryFolder> {
  const disk = memoryFolder()
  for (const it of records) await folderOn(disk).put(it)
  return disk
}

/** Nothing is answered before it is released. */
function outsideOn(disk: MemoryFolder, places?: SeamPlaces) {
  const inHand: SeamAsk[] = []
  const releases: (() => void)[] = []
  const outside = new SeamOutside({
    in: folderOn(disk),
    out: folderOn(memoryFolder()),
    timers,
    chance: seededChance("outside"),
    ...(places === undefined ? {} : { places }),
    async perform(it) {
      inHand.push(it)
      const { promise, resolve } = Promise.withResolvers<void>()
      releases.push(resolve)
      await promise
      inHand.splice(inHand.indexOf(it), 1)
      return { status: 200, body: new Uint8Array() }
    },
  })
  const of = (lane: number) => inHand.filter((it) => it.lane === lane).length
  return { outside, of, bytes: () => inHand.reduce((sum, it) => sum + it.body.length, 0), releases }
}

/** Everything that was begun has had its turn. */
const turned = () => new Promise<void>((resolve) => setImmediate(resolve))

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turned()
}

test("of FLASH too only so many are in hand, and the rest has its turn, M-SEAM-5", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      async (flashes, commons, flash, common) => {
        const all = Array.from({ length: flashes + commons }, (_, at) =>
          ask(at, at < flashes ? 0 : 3),
        )
        const disk = await filled(all)
        const { outside, of, releases } = outsideOn(disk, { flash, common, bytes: 1_000 })
        await outside.look()
        expect(of(0)).toBe(Math.min(flash, flashes))
        expect(of(3)).toBe(Math.min(common, commons))
        while (disk.files.size > 0) {
          const before = disk.files.size
          for (const release of releases.splice(0)) release()
          await until(() => disk.files.size < before)
          await outside.look()
          expect(of(0)).toBeLessThanOrEqual(flash)
          expect(of(3)).toBeLessThanOrEqual(common)
        }
      },
    ),
    { numRuns: 50 },
  )
})

test("a flood of large FLASH is bounded in bytes, and more than a page of names is passed over, M-SEAM-5", async () => {
  const large = Array.from({ length: 30 }, (_, at) => ask(at, 0, 1_000))
  const { outside, of, bytes } = outsideOn(await filled(large), {
    flash: 100,
    common: 4,
    bytes: 10_000,
  })
  await outside.look()
  expect(of(0)).toBe(10)
  expect(bytes()).toBe(10_000)

  const many = Array.from({ length: 9_000 }, (_, at) => ask(at, 0))
  const disk = await filled([...many, ask(9_001, 3)])
  const read = disk.read.bind(disk)
  let reads = 0
  disk.read = async (name, limit) => {
    reads += 1
    return await read(name, limit)
  }
  const flooded = outsideOn(disk)
  await flooded.outside.look()
  expect(flooded.of(0)).toBe(256)
  expect(flooded.of(3)).toBe(1)
  expect(reads).toBeLessThan(300)
})

test("late answers that all come as FLASH are settled so many at a time, M-SEAM-5", async () => {
  const answers = Array.from({ length: 600 }, (_, at): SeamRecord => {
    const about = `unit ${at}`
    return { kind: "answer", lane: 0, id: idOf(at), about, status: 200, body: new Uint8Array() }
  })
  const disk = await filled(answers)
  let now = 0
  let most = 0
  let settled = 0
  let heard = 0
  const inside = new SeamInside({
    in: folderOn(disk),
    out: folderOn(memoryFolder()),
    timers,
    chance: seededChance("inside"),
    hashing,
    onFrame: () => undefined,
    onHeard: () => (heard += 1),
    async onLate() {
      now += 1
      most = Math.max(most, now)
      await turned()
      now -= 1
      settled += 1
      return true
    },
    onBegun: () => undefined,
  })
  while (disk.files.size > 0) {
    await inside.look()
    await turned()
  }
  expect(settled).toBeGreaterThanOrEqual(600)
  expect(heard).toBe(settled)
  expect(most).toBeLessThanOrEqual(256)
})
