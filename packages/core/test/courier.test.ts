/** A courier at a folder that is half closed to it, or looked at again and again. */

import { describe, expect, test } from "vitest"

import { DropFolder, FolderError, handIn, layOut, type OrgId, type SeenFiles } from "@tearline/core"

import { office } from "./fixtures/by-file.ts"
import { memoryFolder, type MemoryFolder } from "./fixtures/memory-folder.ts"
import { hashing, seededChance } from "./fixtures/suite.ts"

const alderOrg = "a1".repeat(16) as OrgId
const birchOrg = "b2".repeat(16) as OrgId
const day = 24 * 3_600_000

const folderOn = (disk: MemoryFolder) =>
  new DropFolder({ disk, hashing, chance: seededChance("courier") })

/** A stick with one unit for Birch on it, and Birch's courier that looks at it again and again. */
async function watching() {
  const alder = office(alderOrg, [birchOrg])
  const peers = [alderOrg]
  const birchOffice = office(birchOrg, peers)
  await alder.send(birchOrg, 0, "a warning")
  const stick = memoryFolder()
  const folder = folderOn(stick)
  await layOut(folder, alder.door, { own: alderOrg })
  const seen: SeenFiles = new Map()
  const watch = (at: DropFolder) => handIn(at, birchOffice.door, { own: birchOrg, seen })
  return { watch, stick, folder, peers, seen, birchOffice }
}

describe("a courier", () => {
  test("goes on where a file cannot be removed, and names it where it was to be, M-FIL-4", async () => {
    const alder = office(alderOrg, [birchOrg])
    const birchOffice = office(birchOrg, [alderOrg])
    const stick = memoryFolder()
    const interrupted = `.0-${"0".repeat(64)}.tearline.00000000.part`
    stick.files.set(interrupted, new Uint8Array())
    const kept = new Set([interrupted])
    const remove = stick.remove.bind(stick)
    stick.remove = async (name) => {
      if (kept.has(name)) throw new FolderError("away", "another user's")
      await remove(name)
    }
    for (const text of ["one", "two", "three"]) await alder.send(birchOrg, 0, text)
    expect(await layOut(folderOn(stick), alder.door, { own: alderOrg })).toMatchObject({ units: 3 })
    const [first = ""] = [...stick.files.keys()].filter((it) => !it.startsWith(".")).toSorted()
    kept.add(first)
    const clearing = { own: birchOrg, isCleared: true }
    const done = await handIn(folderOn(stick), birchOffice.door, clearing)
    expect(done).toMatchObject({ units: 3, left: [{ name: first, code: "not_removed" }] })
    expect([...stick.files.keys()].toSorted()).toEqual([interrupted, first].toSorted())
  })

  test("who watches a folder tells each bad file once, and takes it when it is whole, M-FIL-4", async () => {
    const { watch, stick, folder } = await watching()
    const [name = ""] = stick.files.keys()
    const whole = stick.files.get(name) ?? new Uint8Array()
    stick.files.set(name, whole.slice(0, 30))
    stick.files.set("holiday.jpg", new Uint8Array())
    expect((await watch(folder)).leftCount).toBe(1)
    expect((await watch(folder)).leftCount).toBe(0)
    stick.files.set(name, whole)
    expect(await watch(folder)).toMatchObject({ units: 1, leftCount: 0 })
    expect(await watch(folder)).toMatchObject({ units: 0, leftCount: 0 })
  })

  test("who watches a folder hands in again what was refused and what has come anew, M-FIL-8", async () => {
    const { watch, stick, folder, peers, seen, birchOffice } = await watching()
    const files = [...stick.files]
    peers.pop()
    expect(await watch(folder)).toMatchObject({ units: 0, leftCount: 1 })
    peers.push(alderOrg)
    expect(await watch(folder)).toMatchObject({ units: 0, leftCount: 0 })
    for (const [name, how] of seen) if (how === "refused") seen.delete(name)
    expect(await watch(folder)).toMatchObject({ units: 1 })
    // Carried away, and once more by a sender who has heard of no receipt.
    stick.files.clear()
    await watch(folder)
    expect(seen.size).toBe(0)
    birchOffice.clock.nowMs += 20 * day
    expect((await birchOffice.door.take({ to: null, after: null })).files).toHaveLength(0)
    for (const [name, bytes] of files) stick.files.set(name, bytes)
    expect(await watch(folder)).toMatchObject({ units: 1 })
    expect((await birchOffice.door.take({ to: null, after: null })).files).toHaveLength(1)
  })
})
