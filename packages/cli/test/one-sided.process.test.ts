/** Two people meet, and one of them forgets: what the other one sees. */

import { afterAll, beforeAll, expect, test } from "vitest"

import { deskClient } from "../src/index.ts"
import { json, tearline } from "./node-process.ts"
import { TwoNodes } from "./two-nodes.ts"

const nodes = new TwoNodes()
const { alder, birch } = nodes

beforeAll(() => nodes.start())

afterAll(() => nodes.remove())

async function add(dir: string, peer: string): Promise<void> {
  const { invite, fingerprint } = await nodes.inviteOf(peer, dir)
  const how = ["--method", "voice", "--fingerprint", fingerprint]
  await json(dir, "peer", "add", invite, ...how)
}

/** No event tells of an attempt that failed: who wants to know asks. */
const patience = { timeout: 120_000, interval: 500 }

async function linkOf(dir: string) {
  const desk = deskClient(dir)
  try {
    return (await desk.status()).links[0]
  } finally {
    desk.close()
  }
}

test("the node's own invite is refused before anybody is asked to compare", async () => {
  const { invite } = await nodes.inviteOf(alder, alder)
  const ran = await tearline(alder, "peer", "add", invite)
  expect(ran.exit).toBe(1)
  expect(ran.stderr).toContain("this is the invite of this node itself")
  expect(ran.stderr).not.toContain("your fingerprint")
})

test("a peer added on one side only is named with what is missing, until both have added", async () => {
  await add(alder, birch)
  await expect.poll(() => linkOf(alder), patience).toMatchObject({ failing: "peer_refused" })
  const { stdout } = await tearline(alder, "status")
  expect(stdout).toMatch(/Birch +not heard yet/)
  expect(stdout).toContain("Birch does not know this node: it must add it too")
  expect((await tearline(birch, "status")).stdout).toContain("tearline peer add")

  await add(birch, alder)
  const works = { failing: null, heardAtMs: expect.any(Number) }
  await expect.poll(() => linkOf(alder), patience).toMatchObject(works)
  const after = await tearline(alder, "status")
  expect(after.stdout).toMatch(/Birch +heard/)
  expect(after.stdout).not.toContain("does not know")
})
