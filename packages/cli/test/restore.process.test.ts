/** Two real nodes, one of which is brought back from a backup: both databases, gateway's too. */

import { execFileSync } from "node:child_process"
import { rmSync } from "node:fs"

import { afterAll, beforeAll, expect, test } from "vitest"

import type { NodeStatus, ThreadDocument } from "../src/index.ts"
import { json, tearline, until } from "./node-process.ts"
import { TwoNodes, warned } from "./two-nodes.ts"

const nodes = new TwoNodes()
const { alder, birch } = nodes
const backup = `${nodes.path}/backup`

/** As the manual has it: with its owners, which the server insists on. */
function copy(from: string, to: string): void {
  execFileSync("cp", ["-a", from, to])
}

beforeAll(async () => {
  await nodes.start()
  await nodes.introduce()
})

afterAll(() => nodes.remove())

async function does(dir: string, act: string, thread: string, ...more: readonly string[]) {
  const ran = await tearline(dir, act, thread, ...more)
  expect(ran.stderr, act).toBe("")
}

/** The state of a thread as this side holds it, once it is there. */
async function hashOf(dir: string, thread: string): Promise<string> {
  const shown = await tearline(dir, "show", thread, "--json")
  return shown.exit === 0 ? (JSON.parse(shown.stdout) as ThreadDocument).viewHash : ""
}

/** Both sides hold the same of each thread; gives what that is. */
async function agreed(threads: readonly string[]): Promise<readonly string[]> {
  const read = (dir: string) => Promise.all(threads.map((it) => hashOf(dir, it)))
  let hashes: readonly string[] = []
  await until(birch, async () => {
    hashes = await read(birch)
    const there = await read(alder)
    return hashes.every((it, at) => it !== "" && it === there[at])
  })
  return hashes
}

test("a node comes back from a backup whole, and nobody retypes or sends anything again (I12)", async () => {
  const first = await warned(alder, "Birch", { precedence: "FLASH" })
  await agreed([first])
  await does(birch, "read", first)
  await agreed([first])
  await nodes.stop(birch)
  copy(`${birch}/postgres`, backup)
  await nodes.up(birch)

  await does(birch, "accept", first, "--owner", "counter-terrorism")
  const second = await warned(alder, "Birch", { precedence: "IMMEDIATE" })
  const third = await warned(birch, "Alder", { precedence: "FLASH" })
  await agreed([second, third])
  await does(birch, "read", second)
  await does(birch, "action", second, "--action", "surveillance")
  await does(alder, "read", third)
  await does(alder, "accept", third, "--owner", "protection")
  await until(alder, async () => (await hashOf(alder, second)) === (await hashOf(birch, second)))
  const whole = await agreed([first, second, third])

  await nodes.stop(birch)
  // A backup brings back what is to be kept, and no more.
  for (const it of ["postgres", "run", "logs"]) rmSync(`${birch}/${it}`, { recursive: true })
  copy(backup, `${birch}/postgres`)
  const refused = await tearline(birch, "up", "--json")
  expect(refused.stderr).toContain('"code": "database_behind"')
  expect(refused.stderr).toContain("tearline restore")

  const authorised = await json<{ epoch: number }>(birch, "restore")
  expect(authorised.epoch).toBeGreaterThan(1)
  await nodes.up(birch)
  await until(birch, async () => {
    const { restored } = await json<NodeStatus>(birch, "status")
    return restored?.waitingFor.length === 0
  })
  expect(await agreed([first, second, third])).toEqual(whole)
  expect((await tearline(birch, "status")).stdout).toContain("all returned")

  // And goes on: neither side's numbers meet others of theirs.
  await does(birch, "reach", second, "--reached", "yes")
  await does(birch, "read-back", first, "--where", "the market", "--when", "the feast day")
  const after = await agreed([first, second])
  expect(after).not.toEqual(whole.slice(0, 2))
  const { alarms } = await json<NodeStatus>(birch, "status")
  expect(alarms.map((it) => it.kind)).toEqual([])
}, 180_000)

test("M-ID-12: a statement older than the database's epoch starts nothing; the next is above it", async () => {
  await nodes.stop(birch)
  const newest = await json<{ epoch: number }>(birch, "restore")
  await nodes.up(birch)
  await nodes.stop(birch)
  // What is kept elsewhere may be of before the restore; the mark is kept nowhere.
  for (const it of [`${birch}/high-water.json`, `${birch}/statements/restore.cbor`]) rmSync(it)
  const refused = await tearline(birch, "up", "--json")
  expect(refused.stderr).toContain('"code": "epoch_behind"')
  expect(refused.stderr).toContain("tearline restore")
  const again = await tearline(birch, "up", "--json")
  expect(again.stderr).toContain('"code": "epoch_behind"')
  const { epoch } = await json<{ epoch: number }>(birch, "restore")
  expect(epoch).toBeGreaterThan(newest.epoch)
  await nodes.up(birch)
  const thread = await warned(birch, "Alder", { precedence: "FLASH" })
  await agreed([thread])
}, 120_000)

test("a new epoch is not authorised under a running node, nor by another root key", async () => {
  expect((await tearline(birch, "restore", "--json")).stderr).toContain("already_running")
  await nodes.stop(birch)
  const other = ["--root", `${alder}/secrets/root.json`]
  expect((await tearline(birch, "restore", ...other, "--json")).stderr).toContain("wrong_root_key")
  const missing = ["--root", `${birch}/secrets/none.json`]
  expect((await tearline(birch, "restore", ...missing, "--json")).stderr).toContain("cannot_read")
}, 60_000)
