/** Two real nodes with no line between them: all that passes is what somebody carries on a stick. */

import { execFileSync } from "node:child_process"
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs"

import { afterAll, beforeAll, expect, test } from "vitest"

import type { HandedIn, LaidOut } from "@tearline/core"

import type { InboxLine, NodeStatus } from "../src/index.ts"
import { json, tearline, until } from "./node-process.ts"
import { TwoNodes, warned, wordsOf } from "./two-nodes.ts"

interface Trip {
  readonly from: HandedIn | null
  readonly to: LaidOut | null
}

const nodes = new TwoNodes()
const { alder, birch } = nodes
const stick = `${nodes.path}/stick`

/** An address where nobody is: whoever tried a line would not get through. */
const flagsOf = (name: string) =>
  wordsOf({ endpoint: `https://${name}.invalid:1`, carrier: "file", "stick-hours": "48" })

beforeAll(async () => {
  mkdirSync(stick)
  await nodes.start({ alder: flagsOf("alder"), birch: flagsOf("birch") })
  await nodes.introduce()
})

afterAll(() => nodes.remove())

const carry = (dir: string): Promise<Trip> => json(dir, "carry", "--from", stick, "--to", stick)

const owedIn = async (dir: string): Promise<readonly string[]> =>
  (await json<readonly InboxLine[]>(dir, "inbox")).map(({ rule }) => rule)

async function waitingIn(dir: string): Promise<number> {
  const { links } = await json<NodeStatus>(dir, "status")
  return links.flatMap(({ outbox }) => Object.values(outbox)).reduce((sum, it) => sum + it, 0)
}

/** Goes to and fro until what is wanted is seen; each side is visited once a round. */
async function carriedUntil(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await carry(alder)
    await carry(birch)
  }
}

const names = (): string[] => readdirSync(stick).toSorted()

let thread: string

test("a warning goes by stick within the time that both have agreed, M-FIL-12", async () => {
  thread = await warned(alder, "Birch")
  const [custody] = (await json<readonly InboxLine[]>(alder, "inbox")).filter(
    (it) => it.rule === "custody",
  )
  expect((custody?.dueMs ?? 0) - (custody?.startMs ?? 0)).toBe(48 * 3_600_000)

  await carriedUntil(async () => (await owedIn(birch)).includes("read"))
  expect((await tearline(birch, "show", thread)).stdout).toContain("THREAT TO LIFE")
})

test("a file's name says its lane and nothing else, M-FIL-2", () => {
  expect(names().length).toBeGreaterThan(0)
  for (const name of names()) expect(name).toMatch(/^[0-3]-[0-9a-f]{64}\.tearline$/)
})

test("custody comes back by stick and ends the waiting, M-FIL-7", async () => {
  await carriedUntil(async () => (await waitingIn(alder)) === 0 && (await waitingIn(birch)) === 0)
  expect(await owedIn(alder)).not.toContain("custody")
  const { from } = await carry(alder)
  expect(from?.news).toBe(0)
})

test("a stick that is read again changes nothing", async () => {
  const before = (await json<{ viewHash: string }>(birch, "show", thread)).viewHash
  const copy = `${nodes.path}/copy`
  mkdirSync(copy)
  for (const name of names()) copyFileSync(`${stick}/${name}`, `${copy}/${name}`)
  const again = await json<Trip>(birch, "carry", "--from", copy)
  expect(again.from?.leftCount).toBe(0)
  expect((await json<{ viewHash: string }>(birch, "show", thread)).viewHash).toBe(before)
})

test("what was on a lost stick goes on the next one again, M-FIL-6", async () => {
  await json(birch, "read", thread)
  await until(birch, async () => (await waitingIn(birch)) > 0)
  await carriedUntil(async () => {
    for (const name of names()) rmSync(`${stick}/${name}`)
    return ((await carry(birch)).to?.units ?? 0) > 0
  })
  const lost = names()
  for (const name of lost) rmSync(`${stick}/${name}`)
  await carry(birch)
  expect(names()).toEqual(expect.arrayContaining(lost))
  await carriedUntil(async () => !(await owedIn(alder)).includes("read"))
  expect((await tearline(alder, "show", thread)).stdout).toMatch(/read by Birch/)
})

test("action and outcome come back by stick", async () => {
  await json(birch, "accept", thread, "--owner", "counter-terrorism")
  await json(birch, "action", thread, "--action", "arrest", "--done-at", "+0s")
  const outcome = ["--point", "24h", "--result", "prevented-arrest", "--arrests", "2", "--final"]
  await json(birch, "outcome", thread, ...outcome)
  const shown = async () => (await tearline(alder, "show", thread)).stdout
  await carriedUntil(async () => (await shown()).includes("prevented-arrest"))
  expect(await shown()).toContain("arrest")
  await carriedUntil(async () => (await waitingIn(alder)) === 0 && (await waitingIn(birch)) === 0)
})

/** A name as a record's that is no record's. */
const as = (digit: string) => `3-${digit.repeat(64)}.tearline`

test("a hostile stick costs its own files, each with its code, and they stay, M-FIL-4", async () => {
  await json(alder, "public-line", thread, ...publicLine)
  const bad = `${nodes.path}/bad`
  mkdirSync(bad)
  await until(alder, async () => (await waitingIn(alder)) > 0)
  await json(alder, "carry", "--to", bad)
  const [good = ""] = readdirSync(bad)
  const bytes = readFileSync(`${bad}/${good}`)
  copyFileSync(`${bad}/${good}`, `${bad}/${as("1")}`)
  copyFileSync(`${bad}/${good}`, `${bad}/${as("2")}`)
  truncateSync(`${bad}/${as("2")}`, 20)
  symlinkSync("/dev/zero", `${bad}/${as("3")}`)
  symlinkSync(`${alder}/secrets/gateway.json`, `${bad}/${as("4")}`)
  execFileSync("mkfifo", [`${bad}/${as("5")}`])
  mkdirSync(`${bad}/${as("6")}`)
  writeFileSync(`${bad}/${as("7")}`, "")
  truncateSync(`${bad}/${as("7")}`, 64 * 1024 * 1024)
  writeFileSync(`${bad}/holiday.jpg`, "no record")
  writeFileSync(`${bad}/-rf ~;\n.tearline`, "no record either")
  const flipped = Buffer.from(bytes)
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
  writeFileSync(`${bad}/${as("8")}`, flipped)
  const before = readdirSync(bad).toSorted()

  const ran = await tearline(birch, "carry", "--from", bad, "--json")
  expect(ran.exit).toBe(1)
  expect(JSON.parse(ran.stderr)).toMatchObject({ code: "left_behind" })
  const { from } = JSON.parse(ran.stdout) as Trip
  expect(from).toMatchObject({ foreign: 2, leftCount: 8 })
  expect(from?.units).toBeGreaterThan(0)
  const codes = Object.fromEntries((from?.left ?? []).map((it) => [it.name, it.code]))
  expect(codes).toEqual({
    [as("1")]: "damaged",
    [as("2")]: "damaged",
    [as("3")]: "not_a_file",
    [as("4")]: "not_a_file",
    [as("5")]: "not_a_file",
    [as("6")]: "not_a_file",
    [as("7")]: "too_large",
    [as("8")]: "damaged",
  })
  expect(readdirSync(bad).toSorted()).toEqual(before)
  await until(birch, async () => (await owedIn(birch)).includes("agree-public-line"))
})

const publicLine = wordsOf({
  "originator-stance": "no-comment",
  "addressee-stance": "attribute",
  line: "en=A partner warned us.",
  method: "declined",
  "answers-for": "each-for-itself",
})

test("a stick that cannot be used is said in words, with the machine's exit code", async () => {
  const nowhere = await tearline(alder, "carry", "--to", `${nodes.path}/nowhere`)
  expect(nowhere.exit).toBe(4)
  expect(nowhere.stderr).toContain("it is not there")
  const nothing = await tearline(alder, "carry")
  expect(nothing.exit).toBe(2)
  expect(nothing.stderr).toContain("give --from, --to or both")
})
