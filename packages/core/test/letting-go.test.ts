/** When a courier's stick lets go of receipts: what it takes, and what anybody could write. */

import fc from "fast-check"
import { expect, test } from "vitest"

import { DropFolder, handIn, layOut, type Drop, type Lane, type OrgId } from "@tearline/core"

import { office, type Office } from "./fixtures/by-file.ts"
import { memoryFolder, type MemoryFolder } from "./fixtures/memory-folder.ts"
import { hashing, seededChance } from "./fixtures/suite.ts"

const alderOrg = "a1".repeat(16) as OrgId
const birchOrg = "b2".repeat(16) as OrgId
const cedarOrg = "c3".repeat(16) as OrgId
const day = 24 * 3_600_000

const folderOn = (disk: MemoryFolder) =>
  new DropFolder({ disk, hashing, chance: seededChance("letting go") })

async function stickFrom(sender: Office): Promise<MemoryFolder> {
  const stick = memoryFolder()
  await layOut(folderOn(stick), sender.door, { own: sender.own })
  return stick
}

const laidOut = async ({ door }: Office, to: OrgId) =>
  (await door.take({ to, after: null })).files.length

/** Birch has two receipts for Alder, who sent the units and has heard of neither. */
async function twoReceipts() {
  const alder = office(alderOrg, [birchOrg])
  const birch = office(birchOrg, [alderOrg, cedarOrg])
  await alder.send(birchOrg, 0, "one")
  await alder.send(birchOrg, 0, "two")
  const stick = await stickFrom(alder)
  await handIn(folderOn(stick), birch.door, { own: birchOrg })
  const comes = (disk: MemoryFolder) => handIn(folderOn(disk), birch.door, { own: birchOrg })
  const owed = () => laidOut(birch, alderOrg)
  expect(await owed()).toBe(2)
  return { alder, birch, stick, comes, owed }
}

test("a receipt goes along until a stick brings something new without its unit, M-FIL-8", async () => {
  const { alder, birch, stick, comes, owed } = await twoReceipts()
  const [name = ""] = stick.files.keys()
  stick.files.delete(name)
  await handIn(folderOn(stick), birch.door, { own: birchOrg, seen: new Map() })
  expect(await owed()).toBe(2)
  await alder.send(birchOrg, 0, "three")
  const news = await stickFrom(alder)
  news.files.delete(name)
  await comes(news)
  expect(await owed()).toBe(2)
  birch.clock.nowMs += 15 * day
  expect(await owed()).toBe(0)
})

const forgeries: fc.Arbitrary<Drop[]> = fc.array(
  fc.record({
    kind: fc.constantFrom("unit", "custody", "refusal"),
    lane: fc.constantFrom<Lane>(0, 1, 2, 3),
    from: fc.constant(alderOrg),
    to: fc.constant(birchOrg),
    content: fc.uint8Array({ maxLength: 60 }),
  }),
  { maxLength: 6 },
)

test("no file that anybody could have made or kept lets go of a receipt, M-FIL-8", async () => {
  await fc.assert(
    fc.asyncProperty(forgeries, fc.array(fc.nat(), { maxLength: 2 }), async (forged, kept) => {
      const { stick, comes, owed } = await twoReceipts()
      const hostile = memoryFolder()
      for (const drop of forged) await folderOn(hostile).put(drop)
      const old = [...stick.files]
      for (const at of kept) {
        const [name = "", bytes = new Uint8Array()] = old[at % old.length] ?? []
        hostile.files.set(name, bytes)
      }
      await comes(hostile)
      expect(await owed()).toBe(2)
    }),
    { numRuns: 60 },
  )
})

test("another's unit under a peer's name says nothing of that peer, M-FIL-8", async () => {
  const { comes, owed } = await twoReceipts()
  const cedar = office(cedarOrg, [birchOrg])
  await cedar.send(birchOrg, 3, "from Cedar")
  const stick = await stickFrom(cedar)
  const [[name, bytes] = ["", new Uint8Array()]] = stick.files
  const renamed = bytes.slice()
  renamed.set(Uint8Array.fromHex(alderOrg), 10)
  stick.files.delete(name)
  stick.files.set(`3-${hashing.hash(renamed).toHex()}.tearline`, renamed)
  expect(await comes(stick)).toMatchObject({ units: 1 })
  expect(await owed()).toBe(2)
})

test("a stick of which a file cannot be read lets go of nothing, M-FIL-8", async () => {
  const { alder, comes, owed } = await twoReceipts()
  await alder.send(birchOrg, 0, "three")
  const stick = await stickFrom(alder)
  const [name = ""] = stick.files.keys()
  const whole = stick.files.get(name) ?? new Uint8Array()
  stick.files.set(name, whole.slice(0, 20))
  await comes(stick)
  expect(await owed()).toBeGreaterThanOrEqual(2)
})

test("an answer that was not known is something new, M-FIL-8", async () => {
  const { alder, birch, comes, owed } = await twoReceipts()
  await birch.send(alderOrg, 3, "a word of Birch")
  const there = await stickFrom(birch)
  await handIn(folderOn(there), alder.door, { own: alderOrg })
  const back = await stickFrom(alder)
  await comes(back)
  expect(await owed()).toBe(0)
  await comes(back)
  expect(birch.waiting()).toEqual([])
})
