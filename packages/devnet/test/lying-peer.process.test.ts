/** Invariant I9 from the outside: what a peer may say to a gateway, and what it is told. */

import { Client } from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

import { unitBytesMax } from "@tearline/crypto"
import type { Party } from "@tearline/devnet"

import { newFolder, openTestNetwork, removeFolder } from "./devnet-process.ts"
import { LyingPeer, notCanonical, ofUnknownVersion, unsigned } from "./lying-peer.ts"
import { actContent, type Network } from "./network-fixture.ts"

/** Rounds of lies in the flood. */
const roundsMax = 500

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

const generic = '{"code":"refused"}'
const oversized = new Uint8Array(unitBytesMax + 1)
/** Generic refusals that are answered as such before a caller hears only that there are too many. */
const refusalsInARow = 30

async function rowsOf(party: Party, sql: string, values: readonly unknown[]): Promise<unknown[]> {
  const client = new Client({ connectionString: (await party.databaseUrls()).exchange })
  await client.connect()
  try {
    return (await client.query({ text: sql, values: [...values], rowMode: "array" })).rows.flat()
  } finally {
    await client.end()
  }
}

describe("a peer that lies to a gateway", () => {
  it("is told in a signed refusal that a slot is for another organisation", async () => {
    const said = await liar.post(await liar.unitFor(network.parties.cedar))
    expect(said.status).toBe(422)
    expect(liar.refusalCode(said)).toBe("foreign_slot")
  })

  it.each([
    ["truncated bytes", 403, (unit: Uint8Array) => unit.subarray(0, unit.length / 2)],
    ["bytes that are not canonical", 403, notCanonical],
    ["no signature", 403, unsigned],
    ["an unknown version", 403, ofUnknownVersion],
    ["more bytes than a unit has", 413, () => oversized],
  ] as const)("learns nothing from a unit with %s", async (_, status, lieOf) => {
    const { body, ...said } = await liar.post(lieOf(await liar.unitFor(network.parties.birch)))
    expect(said.status).toBe(status)
    expect(body.toString()).toBe(generic)
  })

  it("gets the first receipt again for an identical retry", async () => {
    const unit = await liar.unitFor(network.parties.birch)
    const first = await liar.post(unit)
    const again = await liar.post(unit)
    expect(first.status).toBe(200)
    expect(liar.digestOf(first)).toMatch(/^[0-9a-f]{64}$/)
    expect(again.body.equals(first.body)).toBe(true)
  })

  it("hears signed that what it sent cannot be opened; the cause stays at home", async () => {
    const { alder, birch } = network.parties
    const digest = liar.digestOf(await liar.post(await liar.unitFor(birch)))
    await network.time.quiet()
    const arrival = "select code from exchange.arrival where digest = $1"
    expect(await rowsOf(birch, arrival, [Buffer.from(digest, "hex")])).toEqual(["unknown_prekey"])
    const receipts =
      "select signed from exchange.message " +
      "where peer = $1 and kind = 'receipt' and direction = 'in' and thread is null"
    const signed = await rowsOf(alder, receipts, [Buffer.from(birch.node.org, "hex")])
    const contents = signed.map((bytes) => liar.statementOf(bytes as Buffer))
    expect(contents).toContainEqual(
      expect.objectContaining({
        content: { step: "refused", envelope: digest, code: "cannot_open" },
      }),
    )
    expect((await birch.node.desk.status()).status).toBe("ready")
  })

  it("is answered 429 once its lies are too many, while its good units are still taken", async () => {
    const { birch } = network.parties
    const lie = unsigned(await liar.unitFor(birch))
    const statuses = new Set<number>()
    for (let count = 0; !statuses.has(429); count += 1) {
      expect(count).toBeLessThan(100 * refusalsInARow)
      const { status, body } = await liar.post(lie)
      expect(body.toString()).toBe(generic)
      statuses.add(status)
    }
    expect([...statuses]).toEqual([403, 429])
    const good = await liar.post(await liar.unitFor(birch))
    expect(good.status).toBe(200)
  })

  it("does not delay a good FLASH that comes at the same time", async () => {
    const { alder, birch, cedar } = network.parties
    const foreign = await liar.unitFor(cedar)
    const lies = [foreign, foreign.subarray(0, 900), unsigned(foreign), notCanonical(foreign)]
    const watching = new AbortController()
    const listening = Promise.withResolvers<void>()
    const shown = (async () => {
      for await (const event of birch.node.desk.events(watching.signal)) {
        listening.resolve()
        if (event.kind === "thread") return "readable"
      }
      return "the feed has ended"
    })()
    await listening.promise
    // As many rounds as a FLASH that waited for the flood's end would have to wait for.
    const flood = (async () => {
      for (let round = 0; round < roundsMax; round += 1) {
        await Promise.all(lies.map((lie) => liar.post(lie)))
        if (watching.signal.aborted) break
      }
      return "flooded"
    })()
    await alder.node.desk.warn({
      addressees: [{ org: birch.node.org }],
      precedence: "FLASH",
      status: "exercise",
      content: actContent("warning"),
      officer: "duty-officer",
    })
    const first = await Promise.race([shown, flood])
    watching.abort()
    await flood
    expect(first).toBe("readable")
  })
})
