/** Invariant I9 from the outside: what a peer may say to a gateway, and what it is told. */

import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { unitBytesMax } from "@tearline/crypto"

import { newFolder, openTestNetwork, removeFolder } from "./devnet-process.ts"
import { LyingPeer, notCanonical, ofUnknownVersion, type Said, unsigned } from "./lying-peer.ts"
import { actContent, type Network } from "./network-fixture.ts"

const folder = newFolder()
let network: Network
let liar: LyingPeer

beforeAll(async () => {
  network = await openTestNetwork(folder, Date.parse("2017-12-12T09:00:00+03:00"))
  liar = new LyingPeer(network.parties.alder, network.parties.birch)
})
afterAll(async () => {
  liar.close()
  await network.stop()
  removeFolder(folder)
})

/** The answer to whatever nobody signed for; 429 where there were too many. */
function isGeneric({ status, body }: Said): boolean {
  return [403, 413, 429].includes(status) && body.toString() === '{"code":"refused"}'
}

describe("a peer that lies to a gateway", () => {
  it("is told in a signed refusal that a slot is for another organisation", async () => {
    const said = await liar.post(await liar.unitFor(network.parties.cedar))
    expect(said.status).toBe(422)
    expect(liar.refusalCode(said)).toBe("foreign_slot")
  })

  it("learns nothing from a unit that nobody signed for", async () => {
    const good = await liar.unitFor(network.parties.birch)
    const oversized = new Uint8Array(unitBytesMax + 1)
    const truncated = good.subarray(0, good.length / 2)
    const lies = [truncated, notCanonical(good), unsigned(good), ofUnknownVersion(good), oversized]
    for (const lie of lies) expect(isGeneric(await liar.post(lie))).toBe(true)
  })

  it("gets the first receipt again for an identical retry", async () => {
    const unit = await liar.unitFor(network.parties.birch)
    const first = await liar.post(unit)
    const again = await liar.post(unit)
    expect(first.status).toBe(200)
    expect(liar.isCustody(first)).toBe(true)
    expect(again.body.equals(first.body)).toBe(true)
  })

  it("leaves the node at work when what it sends cannot be opened", async () => {
    await liar.post(await liar.unitFor(network.parties.birch))
    await network.time.quiet()
    expect((await network.parties.birch.node.desk.status()).status).toBe("ready")
  })

  it("does not delay a good FLASH that comes at the same time", async () => {
    const { alder, birch, cedar } = network.parties
    const foreign = await liar.unitFor(cedar)
    const lies = [foreign, foreign.subarray(0, 900), unsigned(foreign), notCanonical(foreign)]
    const watching = new AbortController()
    const shown = (async () => {
      for await (const event of birch.node.desk.events(watching.signal)) {
        if (event.kind === "thread") return
      }
    })()
    const flood = (async () => {
      while (!watching.signal.aborted) await Promise.all(lies.map((lie) => liar.post(lie)))
    })()
    const startedAt = performance.now()
    await alder.node.desk.warn({
      addressees: [{ org: birch.node.org }],
      precedence: "FLASH",
      status: "exercise",
      content: actContent("warning"),
      officer: "duty-officer",
    })
    await shown
    const tookMs = performance.now() - startedAt
    watching.abort()
    await flood
    expect(tookMs).toBeLessThan(3_000)
  })
})
