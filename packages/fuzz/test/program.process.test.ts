/** The fuzzer's own manners as a process. */

import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"

import { afterAll, expect, test } from "vitest"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const quiet = "--disable-warning=ExperimentalWarning"
const folder = mkdtempSync(`${tmpdir()}/tearline-fuzz-test-`)
const env = { ...process.env, TMPDIR: folder }

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test("a flag that there is not ends it with 2, and help with 0", () => {
  const mistyped = spawnSync(process.execPath, [quiet, main, "--kep"])
  expect(mistyped.stderr.toString()).toContain("did you mean --keep?")
  expect(mistyped.status).toBe(2)
  expect(spawnSync(process.execPath, [quiet, main, "--help"]).status).toBe(0)
})

test("a number of runs that is not done in its time is said, and no success", () => {
  const args = [quiet, main, "header", "drop", "--runs", "100000000", "--seconds", "1"]
  const { status, stdout } = spawnSync(process.execPath, args, { env })
  expect(stdout.toString()).toContain("not finished in 1 seconds: header, drop")
  expect(status).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s ends it with 130, and nothing is left behind",
  async (name) => {
    const child = spawn(process.execPath, [quiet, main, "header", "--seconds", "600"], { env })
    const ended = once(child, "close")
    await expect.poll(() => readdirSync(folder).length, { timeout: 60_000 }).toBe(1)
    child.kill(name)
    expect(await ended).toEqual([130, null])
    expect(readdirSync(folder)).toEqual([])
  },
)
