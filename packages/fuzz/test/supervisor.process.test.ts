/** What becomes of a finding: it is told while the run goes on, as a run may be stopped. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"

import { afterAll, beforeAll, expect, test } from "vitest"

import { type Found, supervise } from "../src/process/supervisor.ts"

const folder = mkdtempSync(`${tmpdir()}/tearline-supervisor-`)
const usual = process.env["TMPDIR"]

beforeAll(() => {
  process.env["TMPDIR"] = folder
})

afterAll(() => {
  if (usual === undefined) delete process.env["TMPDIR"]
  else process.env["TMPDIR"] = usual
  rmSync(folder, { recursive: true, force: true })
})

/** The process in which inputs run, once one has. */
function fuzzed(): number | undefined {
  const [run] = readdirSync(folder)
  if (run === undefined || statSync(`${folder}/${run}/input`).size === 0) return undefined
  return readdirSync("/proc/self/task")
    .flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" "))
    .map(Number)
    .find((pid) => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("child.ts"))
}

test("a process that dies has its last input for a finding, told before the report", async () => {
  const told: Found[] = []
  const order = { target: "header", seed: "1", runsMax: 100_000_000, msMax: 300_000 }
  const running = supervise(
    { ...order, signal: "both", isKeeping: false },
    { signal: new AbortController().signal, onFound: (it) => told.push(it) },
  )
  await expect.poll(fuzzed, { timeout: 100_000 }).toBeDefined()
  process.kill(fuzzed() ?? 0, "SIGKILL")
  const { found } = await running
  expect(told).toEqual(found)
  expect(found.map((it) => it.reason)).toEqual(["died (SIGKILL): without a word"])
  expect(found[0]?.input.length).toBeGreaterThan(0)
})
