/** What the exchange's side of two folders knows of the other side: whether anything comes. */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"

import { afterEach, expect, test } from "vitest"

import { foldersAt, SeamLine } from "../src/seam/seam-line.ts"

const path = mkdtempSync(`${tmpdir()}/tearline-seam-`)
const folders = { out: `${path}/to-gateway`, in: `${path}/to-exchange` }
mkdirSync(folders.out)
mkdirSync(folders.in)
afterEach(() => rmSync(path, { recursive: true }))

const minute = 60_000
const nowMs = 1_900_000_000_000

test("that nothing comes is told after the time that is set, until something does, M-SEAM-6", async () => {
  const clock = { ms: 5 }
  const even = () => clock.ms
  const usual = new SeamLine(folders, () => undefined, even)
  const patient = new SeamLine({ ...folders, silentAfterMs: 30 * minute }, () => undefined, even)
  clock.ms += 2 * minute - 1
  expect(usual.trouble(nowMs)).toBeUndefined()
  clock.ms += 1
  expect(usual.trouble(nowMs)).toEqual({ kind: "seam-silent", sinceMs: nowMs - 2 * minute })
  expect(patient.trouble(nowMs)).toBeUndefined()

  const { promise, resolve } = Promise.withResolvers<void>()
  usual.start(async () => {
    resolve()
    return true
  })
  const late = { id: "0f".repeat(16), about: "a name", status: 200, body: new Uint8Array() }
  await foldersAt(folders).in.put({ kind: "answer", lane: 1, ...late })
  await promise
  expect(usual.trouble(nowMs)).toBeUndefined()
  usual.close()
  patient.close()
})
