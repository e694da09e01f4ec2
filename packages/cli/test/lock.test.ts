import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"

import { afterEach, beforeEach, expect, test } from "vitest"

import { takeLock } from "../src/launcher/lock.ts"

let folder: string
let lock: string

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/tearline-lock-`)
  lock = `${folder}/launcher.pid`
})
afterEach(() => rmSync(folder, { recursive: true }))

test("a lock that is held is refused with the process that holds it", () => {
  const release = takeLock(lock)
  expect(() => takeLock(lock)).toThrow(`already running, as process ${process.pid}`)
  release()
  expect(readdirSync(folder)).toEqual([])
})

test("the lock of a dead process is taken over", () => {
  writeFileSync(lock, "4194999.12345")
  const release = takeLock(lock)
  release()
  expect(existsSync(lock)).toBe(false)
})

test("the lock of a process whose id another one has now is taken over", () => {
  writeFileSync(lock, `${process.pid}.1`)
  takeLock(lock)()
  expect(existsSync(lock)).toBe(false)
})
