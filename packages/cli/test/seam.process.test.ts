/** Two real nodes, one with folders between its halves instead of a line. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"

import { afterAll, beforeAll, expect, test } from "vitest"

import type { InboxLine } from "../src/index.ts"
import { json, tearline, until } from "./node-process.ts"
import { TwoNodes, warned } from "./two-nodes.ts"

const nodes = new TwoNodes()
const { alder, birch } = nodes
const seam = `${nodes.path}/seam`

beforeAll(async () => {
  await nodes.start({ alder: ["--seam", seam], birch: [] })
  await nodes.introduce()
})

afterAll(() => nodes.remove())

const rulesIn = async (dir: string): Promise<readonly string[]> =>
  (await json<readonly InboxLine[]>(dir, "inbox", "--mine")).map(({ rule }) => rule)

const shown = async (dir: string, thread: string) => (await tearline(dir, "show", thread)).stdout

/** What is shown here once the warning has been read and acted on there. */
async function shownOf(from: string, to: string, thread: string): Promise<string> {
  await until(to, async () => (await rulesIn(to)).includes("read"))
  await json(to, "read", thread)
  await json(to, "accept", thread, "--owner", "counter-terrorism")
  await json(to, "action", thread, "--action", "arrest", "--done-at", "+0s")
  await until(from, async () => (await shown(from, thread)).includes("arrest"))
  return await shown(from, thread)
}

test("a warning, its reading and an action pass through the folders, both ways", async () => {
  expect(await shownOf(alder, birch, await warned(alder, "Birch"))).toMatch(/read by/)
  expect(await shownOf(birch, alder, await warned(birch, "Alder"))).toMatch(/read by/)
})

test("the gateway beside the folders may write no file", () => {
  const given = readFileSync(`/proc/${nodes.pidsOf(alder)["gateway"]}/cmdline`, "utf8").split("\0")
  expect(given).toContain("--permission")
  expect(given.filter((it) => it.startsWith("--allow-fs-write"))).toEqual([])
})

test("either half and what moves between them may be killed in the middle", async () => {
  const pids = nodes.pidsOf(alder)
  for (const name of ["mover", "gateway", "exchange"]) {
    const [out, back] = await Promise.all([warned(alder, "Birch"), warned(birch, "Alder")])
    process.kill(pids[name] ?? 0, "SIGKILL")
    expect(await shownOf(alder, birch, out)).toMatch(/read by/)
    expect(await shownOf(birch, alder, back)).toMatch(/read by/)
  }
})

test("a peer that is added after all of them were killed is known to the gateway, M-SEAM-4", async () => {
  const cedar = await nodes.join("Cedar")
  await nodes.introduce(cedar, alder)
  expect(await shownOf(cedar, alder, await warned(cedar, "Alder"))).toMatch(/read by/)
})

test("what lies in the folders and is no record stops nothing, M-SEAM-1", async () => {
  const bad = `3-${"1".repeat(64)}.tearline`
  for (const name of ["to-gateway", "to-exchange"]) {
    writeFileSync(`${seam}/${name}/${bad}`, "torn")
    writeFileSync(`${seam}/${name}/holiday.jpg`, "no record")
    mkdirSync(`${seam}/${name}/2-${"2".repeat(64)}.tearline`)
  }
  expect(await shownOf(alder, birch, await warned(alder, "Birch"))).toMatch(/read by/)
  expect(readdirSync(`${seam}/to-gateway`)).toContain("holiday.jpg")
})
