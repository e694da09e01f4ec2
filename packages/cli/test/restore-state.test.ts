/** What `tearline restore` signs and keeps. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"

import fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"

import { NodeFolder } from "../src/state/folder.ts"
import { initNode } from "../src/state/init.ts"
import { authoriseRestore, restoreEpoch } from "../src/state/restore.ts"

const work = mkdtempSync(`${tmpdir()}/tearline-restore-`)
const folder = new NodeFolder(`${work}/alder`)

let files = 0

function textFile(text: string): string {
  files += 1
  const path = `${work}/root-${files}.json`
  writeFileSync(path, text)
  return path
}

beforeAll(async () => {
  await initNode({ dir: folder.dir, name: "Alder", listen: { host: "127.0.0.1", port: 0 } })
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

test("M-ID-12: each epoch is greater than any before it, whatever the clock shows", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.nat({ max: 1e9 }), (nowMs, used) => {
      const before = restoreEpoch(folder)
      const links = { ["0".repeat(32)]: { epoch: before + used, version: 7 } }
      const mark = { version: 1, restoreEpoch: before, links, gatewayMs: 0 }
      writeFileSync(`${folder.dir}/high-water.json`, JSON.stringify(mark))
      const { epoch } = authoriseRestore(folder, { nowMs })
      expect(epoch).toBeGreaterThan(before + used)
      expect(epoch).toBeGreaterThanOrEqual(Math.floor(nowMs / 1000))
      expect(restoreEpoch(folder)).toBe(epoch)
    }),
    { numRuns: 20 },
  )
})

/** Later than whatever the tests have signed before. */
const lateMs = 5e12

test("a mark that is damaged stands in nobody's way, while the clock is right", () => {
  writeFileSync(`${folder.dir}/high-water.json`, "{")
  const before = restoreEpoch(folder)
  const { epoch, isByClock } = authoriseRestore(folder, { nowMs: lateMs })
  expect(epoch).toBe(Math.max(before + 1, lateMs / 1000))
  expect(isByClock).toBe(true)
})

test("a mark of another form says nothing, and stands in nobody's way", () => {
  const org = "0".repeat(32)
  const links = [null, [null], { [org]: null }, { [org]: { epoch: "9", version: 1 } }, 7]
  const marks = [null, 7, ...links.map((it) => ({ version: 1, links: it, gatewayMs: 0 }))]
  const odd = [{ restoreEpoch: "x" }, { restoreEpoch: 1e300 }, { gatewayMs: -1 }]
  for (const mark of [...marks, ...odd.map((it) => ({ version: 1, links: {}, ...it }))]) {
    writeFileSync(`${folder.dir}/high-water.json`, JSON.stringify(mark))
    const before = restoreEpoch(folder)
    expect(authoriseRestore(folder, { nowMs: lateMs }).epoch).toBe(before + 1)
  }
  rmSync(`${folder.dir}/high-water.json`)
})

test("M-ID-12: without a mark, a clock that is certainly wrong authorises nothing", () => {
  const kept = readFileSync(folder.statement("restore"))
  const day = 86_400_000
  fc.assert(
    fc.property(fc.integer({ min: 0, max: lateMs - 2 * day }), (nowMs) => {
      expect(() => authoriseRestore(folder, { nowMs })).toThrow(
        expect.objectContaining({ code: "clock_behind", hint: expect.stringContaining("clock") }),
      )
    }),
    { numRuns: 20 },
  )
  expect(readFileSync(folder.statement("restore"))).toEqual(kept)
  // Whoever knows of the epochs used needs no clock.
  const mark = { version: 1, restoreEpoch: restoreEpoch(folder), links: {}, gatewayMs: 0 }
  writeFileSync(`${folder.dir}/high-water.json`, JSON.stringify(mark))
  const done = authoriseRestore(folder, { nowMs: 0 })
  expect(done).toMatchObject({ epoch: mark.restoreEpoch + 1, isByClock: false })
  rmSync(`${folder.dir}/high-water.json`)
})

test("M-ID-12: nor does it with the first statements alone", async () => {
  const fresh = new NodeFolder(`${work}/birch`)
  await initNode({ dir: fresh.dir, name: "Birch", listen: { host: "127.0.0.1", port: 0 } })
  expect(() => authoriseRestore(fresh, { nowMs: Date.UTC(2019, 0, 1) })).toThrow(
    expect.objectContaining({ code: "clock_behind" }),
  )
  expect(authoriseRestore(fresh, { nowMs: Date.now() }).isByClock).toBe(true)
})

test("a restore statement that is cut anywhere is named, and replaced by the next restore", () => {
  const path = folder.statement("restore")
  const whole = readFileSync(path)
  const at = fc.nat({ max: whole.length - 1 })
  fc.assert(
    fc.property(at, (length) => {
      writeFileSync(path, whole.subarray(0, length))
      expect(() => restoreEpoch(folder)).toThrow(
        expect.objectContaining({ code: "not_a_node", message: expect.stringContaining(path) }),
      )
    }),
    { numRuns: 50 },
  )
  const { epoch } = authoriseRestore(folder, { nowMs: lateMs })
  expect(restoreEpoch(folder)).toBe(epoch)
})

test("an identity that is damaged is said in words, and nothing is signed", () => {
  const path = folder.statement("identity")
  const whole = readFileSync(path)
  const kept = readFileSync(folder.statement("restore"))
  for (const length of [0, 1, 100, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, length))
    expect(() => authoriseRestore(folder, { nowMs: 0 })).toThrow(
      expect.objectContaining({ code: "not_a_node" }),
    )
  }
  writeFileSync(path, whole)
  expect(readFileSync(folder.statement("restore"))).toEqual(kept)
})

test("another key than the root's, or none, changes nothing", () => {
  const kept = readFileSync(folder.statement("restore"))
  for (const [rootFile, code] of [
    [folder.secret("exchange"), "wrong_root_key"],
    [folder.secret("desk"), "wrong_root_key"],
    [`${work}/none.json`, "cannot_read"],
    [textFile("null"), "wrong_root_key"],
    [textFile('"seed"'), "wrong_root_key"],
    [textFile('{"seed":{}}'), "wrong_root_key"],
  ] as const) {
    expect(() => authoriseRestore(folder, { rootFile, nowMs: 0 })).toThrow(
      expect.objectContaining({ code }),
    )
  }
  expect(readFileSync(folder.statement("restore"))).toEqual(kept)
})
