/** What counts as having tried, and what does not. */

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"

import { expect, test } from "vitest"

import { Random } from "@tearline/sim"
import { Ledger, type Run } from "@tearline/torture"

import { failuresIn } from "../src/fault/io-fault.ts"
import { standingStill } from "../src/node/processes.ts"
import { enough } from "../src/scenarios/enough.ts"

const run: Run = {
  random: new Random("1"),
  folder: "",
  count: () => 5,
  signal: new AbortController().signal,
  note: () => undefined,
  progress: () => undefined,
}

const said = { from: "a", to: "b", thread: "t", message: "m" }

test("acts that do not come before a strike are a line, however many came before", async () => {
  const ledger = new Ledger()
  for (let count = 0; count < 50; count += 1) ledger.noteSaid(said)
  const wrong = await enough(run, ledger, 20)
  expect(wrong).toEqual(["0 acts were acknowledged in 0.02 s before a strike, not 5"])
})

test("acts that come are waited for and are no line", async () => {
  const ledger = new Ledger()
  const waiting = enough(run, ledger)
  for (let count = 0; count < 5; count += 1) ledger.noteSaid(said)
  expect(await waiting).toEqual([])
})

const seen = `812 fsync(5) = 0
812 fsync(6</node/pg_wal/0001>) = -1 EIO (Input/output error) (INJECTED)
813 fsync(7</node/base/1>) = -1 EIO (Input/output error) (INJECTED)
814 fsync(9) = -1 EBADF (Bad file descriptor)
`

test("a call has failed by our doing where it was seen to, and nowhere else", () => {
  const folder = mkdtempSync(`${tmpdir()}/tearline-evidence-`)
  const output = `${folder}/strace`
  expect(failuresIn(output)).toBe(0)
  writeFileSync(output, seen)
  expect(failuresIn(output)).toBe(2)
  expect(failuresIn(output, "pg_wal")).toBe(1)
  rmSync(folder, { recursive: true })
})

/** `T` where the process stands still. */
function stateOf(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[0]
}

test("a process that is made to stand still goes on when what needed that throws", async () => {
  // Elsewhere than on Linux there is no such place to look at.
  if (process.platform !== "linux") return
  const child = spawn("cat", { stdio: ["pipe", "pipe", "ignore"] })
  const { pid = 0 } = child
  const meanwhile = async (): Promise<void> => {
    using _ = standingStill(pid)
    await expect.poll(() => stateOf(pid)).toBe("T")
    throw new Error("planted")
  }
  await expect(meanwhile()).rejects.toThrow("planted")
  child.stdin.end("on")
  const [heard] = (await once(child.stdout, "data")) as [Buffer]
  expect(heard.toString()).toBe("on")
})
