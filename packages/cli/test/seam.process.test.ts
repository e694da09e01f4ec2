/** Two real nodes, one with folders between its halves instead of a line. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename } from "node:path"

import { afterAll, beforeAll, expect, test } from "vitest"

import type { InboxLine, WarningMade } from "../src/index.ts"
import { json, tearline, until, type Up, up, workFolder } from "./node-process.ts"

const work = workFolder()
const alder = `${work.path}/alder`
const birch = `${work.path}/birch`
const seam = `${work.path}/seam`
const running: Up[] = []

beforeAll(async () => {
  await json(alder, "init", "--name", "Alder", "--listen", "127.0.0.1:0", "--seam", seam)
  await json(birch, "init", "--name", "Birch", "--listen", "127.0.0.1:0")
  for (const dir of [alder, birch]) running.push(await up(dir))
  for (const [dir, peer] of [
    [alder, birch],
    [birch, alder],
  ] as const) {
    await introduced(dir, peer)
  }
})

async function introduced(dir: string, peer: string): Promise<void> {
  const invite = `${peer}-for-${basename(dir)}.invite`
  const words = ["peer", "export", "--out", invite]
  const { fingerprint } = await json<{ fingerprint: string }>(peer, ...words)
  const how = ["--method", "in-person", "--fingerprint", fingerprint]
  await json(dir, "peer", "add", invite, ...how)
}

afterAll(async () => {
  for (const node of running) node.signal("SIGTERM")
  await Promise.all(running.map((node) => node.ended))
  work.remove()
})

const rulesIn = async (dir: string): Promise<readonly string[]> =>
  (await json<readonly InboxLine[]>(dir, "inbox", "--mine")).map(({ rule }) => rule)

const shown = async (dir: string, thread: string) => (await tearline(dir, "show", thread)).stdout

const flags = Object.entries({
  precedence: "FLASH",
  status: "exercise",
  title: "Attack on a market",
  life: "yes",
  what: "explosives",
  unknown: "who",
  where: "the square",
  when: "tonight",
  withheld: "how",
  "how-sure": "likely",
  assessment: "how-sure",
  ask: "protect the place",
  tlp: "TLP:AMBER",
  pap: "PAP:AMBER",
}).flatMap(([name, value]) => [`--${name}`, value])

async function warned(from: string, to: string): Promise<string> {
  const made = await json<WarningMade>(from, "warn", "--to", to, ...flags)
  return made.threads[0]?.thread ?? ""
}

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
  const pids: Readonly<Record<string, number>> = running[0]?.pids ?? {}
  const given = readFileSync(`/proc/${pids["gateway"]}/cmdline`, "utf8").split("\0")
  expect(given).toContain("--permission")
  expect(given.filter((it) => it.startsWith("--allow-fs-write"))).toEqual([])
})

test("either half and what moves between them may be killed in the middle", async () => {
  const pids: Readonly<Record<string, number>> = running[0]?.pids ?? {}
  for (const name of ["mover", "gateway", "exchange"]) {
    const [out, back] = await Promise.all([warned(alder, "Birch"), warned(birch, "Alder")])
    process.kill(pids[name] ?? 0, "SIGKILL")
    expect(await shownOf(alder, birch, out)).toMatch(/read by/)
    expect(await shownOf(birch, alder, back)).toMatch(/read by/)
  }
})

test("a peer that is added after all of them were killed is known to the gateway, M-SEAM-4", async () => {
  const cedar = `${work.path}/cedar`
  await json(cedar, "init", "--name", "Cedar", "--listen", "127.0.0.1:0")
  running.push(await up(cedar))
  await introduced(cedar, alder)
  await introduced(alder, cedar)
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
