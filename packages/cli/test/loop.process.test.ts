import { afterAll, beforeAll, expect, test } from "vitest"

import type { NodeStatus, InboxLine, ThreadDocument } from "../src/index.ts"
import { json, tearline, until } from "./node-process.ts"
import { bothWays, TwoNodes, warned } from "./two-nodes.ts"

const nodes = new TwoNodes()
const { alder, birch } = nodes

beforeAll(() => nodes.start())

afterAll(() => nodes.remove())

const mineIn = (dir: string): Promise<readonly InboxLine[]> => json(dir, "inbox", "--mine")
const rulesIn = async (dir: string): Promise<readonly string[]> =>
  (await mineIn(dir)).map(({ rule }) => rule)

test("a peer is added only under the fingerprint that was compared", async () => {
  for (const [dir, peer] of bothWays(alder, birch)) {
    const { invite, fingerprint } = await nodes.inviteOf(peer, dir)
    const compared = ["--method", "voice"]
    const forged = "11111 22222 33333 44444 55555 66666"
    const refused = await tearline(dir, "peer", "add", invite, "--fingerprint", forged, ...compared)
    expect(refused.exit).toBe(1)
    expect(refused.stderr).toContain("is not that of")
    expect(refused.stderr).toContain(fingerprint)
    const unasked = await tearline(dir, "peer", "add", invite)
    expect(unasked.exit).toBe(1)
    expect(unasked.stderr).toContain("nobody is here to compare")
    const typed = fingerprint.replaceAll(" ", "-")
    const added = await tearline(dir, "peer", "add", invite, "--fingerprint", typed, ...compared)
    expect(added.stdout).toContain("compared by voice")
  }
  const { stdout } = await tearline(alder, "peer", "list")
  expect(stdout).toContain("Birch")
})

async function owes(dir: string, rule: string): Promise<void> {
  await until(dir, async () => (await rulesIn(dir)).includes(rule))
}

let thread: string

test("a warning from flags arrives by itself and is owed by due time", async () => {
  thread = await warned(alder, "Birch", {
    title: "Attack on a cathedral",
    latest: "+3d",
    "window-basis": "chatter",
    "time-zone": "Europe/Moscow",
    "at-end": "decide together",
  })
  expect(thread).toMatch(/^[0-9a-f]{32}$/)
  await owes(birch, "read")
  const { stdout } = await tearline(birch, "inbox")
  expect(stdout).toContain("owed by you")
  expect(stdout).toContain("EXERCISE Attack on a cathedral")
  const dues = (await mineIn(birch)).map(({ dueMs }) => dueMs)
  expect(dues).toEqual(dues.toSorted((a, b) => a - b))
  const [listed] = await json<readonly { id: string; owed: readonly InboxLine[] }[]>(
    birch,
    "threads",
  )
  expect(listed?.id).toBe(thread)
  expect(listed?.owed.map(({ rule }) => rule)).toContain("read")
  expect((await tearline(birch, "threads")).stdout).toMatch(/Alder +open +EXERCISE Attack.+you: /)
  const shown = await tearline(birch, "show", thread.slice(0, 8))
  expect(shown.stdout).toContain("THREAT TO LIFE")
  expect(shown.stdout).toMatch(/who +unknown/)
  expect(shown.stdout).toMatch(/how +known-withheld/)
})

test("an act that the other side owes is refused with the node's own code", async () => {
  const refused = await tearline(alder, "accept", thread, "--owner", "desk", "--json")
  expect(refused.exit).toBe(1)
  expect(JSON.parse(refused.stderr)).toMatchObject({ code: "not_entitled" })
  const nowhere = await tearline(alder, "show", "ffffffffffffffff")
  expect(nowhere.exit).toBe(1)
})

test("each act of the loop discharges what it is for, until nothing is owed", async () => {
  const prefix = thread.slice(0, 10)
  const does = async (dir: string, ...args: readonly string[]): Promise<void> => {
    const ran = await tearline(dir, args[0] ?? "", prefix, ...args.slice(1))
    expect(ran.stderr, args.join(" ")).toBe("")
    expect(ran.exit).toBe(0)
  }
  await does(birch, "read", "--role", "chief")
  const again = await tearline(birch, "read", prefix)
  expect(again.stderr).toContain("waits to be read")
  expect(again.stderr).toContain(`tearline show ${prefix}`)
  await does(birch, "accept", "--owner", "counter-terrorism")
  await does(birch, "read-back", "--where", "Kazan", "--when", "16 December")
  await owes(alder, "agree-read-back")
  await does(alder, "read-back-reply", "--where", "Saint Petersburg")
  await owes(birch, "read-back")
  await does(birch, "read-back", "--where", "Saint Petersburg", "--when", "16 December")
  await owes(alder, "agree-read-back")
  await does(alder, "read-back-reply", "--agree")
  await does(birch, "action", "--action", "arrest", "--done-at", "+0s")
  await does(birch, "reach", "--reached", "yes", "--hop", "regional")
  await does(birch, "window-decision", "--decision", "closed", "--reason", "all are in custody")
  const outcome = ["--point", "24h", "--result", "prevented-arrest", "--arrests", "7", "--final"]
  await does(birch, "outcome", ...outcome, "--element", "where=right")
  await does(birch, "thanks", "--level", "head-of-state", "--text", "Lives were saved.")
  await owes(alder, "relay-thanks")
  await does(alder, "read")
  await does(alder, "thanks-reply", "--result", "relayed")
  const stances = ["--originator-stance", "no-comment", "--addressee-stance", "attribute"]
  const line = ["--line", "en=A partner warned us.", "--method", "declined"]
  await does(birch, "public-line", ...stances, ...line, "--answers-for", "each-for-itself")
  await owes(alder, "agree-public-line")
  await does(alder, "read")
  await does(alder, "public-line-reply", "--verdict", "agree")

  for (const dir of [alder, birch]) {
    await until(dir, async () => (await json<readonly InboxLine[]>(dir, "inbox")).length === 0)
    const found = await json<ThreadDocument>(dir, "show", prefix)
    expect(found.isClosed).toBe(true)
    expect((await tearline(dir, "threads")).stdout).toMatch(/closed.+nothing is owed/)
    expect((await tearline(dir, "show", prefix)).stdout).toMatch(/read by Birch, /)
  }
  const [ours, theirs] = await Promise.all(
    [alder, birch].map((dir) => json<ThreadDocument>(dir, "show", prefix)),
  )
  expect(ours?.viewHash).toBe(theirs?.viewHash)
  expect((await tearline(birch, "inbox")).stdout).toContain("nothing waits for you; links: 1 of 1")
})

test("the status names the link and what was heard of it", async () => {
  const statusOf = (): Promise<NodeStatus> => json<NodeStatus>(alder, "status")
  const status = await statusOf()
  expect(status.status).toBe("ready")
  expect(status.links[0]).toMatchObject({ name: "Birch", isSilent: false, gaps: 0 })
  const { stdout } = await tearline(alder, "status")
  expect(stdout).toMatch(/Birch +heard/)
})

test("what a peer wrote cannot reach into the terminal", async () => {
  const control = await tearline(birch, "thanks", thread, "--level", "desk", "--text", "a\u001B[2J")
  expect(control.exit).toBe(2)
  const left = await tearline(
    birch,
    "thanks",
    thread,
    "--level",
    "desk",
    "--text",
    "left\u200Eright",
  )
  expect(left.exit).toBe(0)
  await until(alder, async () => {
    const { stdout } = await tearline(alder, "show", thread)
    return stdout.includes("left\\u{200e}right")
  })
})
