/** The stream to the exchange, and what else is asked of the inner listener. */

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"

import { type Lane, type NodeClock, nodeClock } from "@tearline/core"
import { encode, openCustody } from "@tearline/crypto"

import { type RunningGateway, runGateway, selfSignedIdentity, systemClock } from "../src/index.ts"
import { ArrivalReader, type Frame, outsideOf } from "./arrival-reader.ts"
import { Caller, peersPath } from "./caller.ts"
import { type Database, gatewayDatabase } from "./database.ts"
import {
  type Organisation,
  configOf,
  organisation,
  peerEntry,
  signedUnit,
  toHex,
} from "./organisation.ts"

let database: Database
let alder: Organisation
let birch: Organisation
let gateway: RunningGateway
let exchange: Caller
let peer: Caller
const readers: ArrivalReader[] = []

beforeAll(async () => {
  ;[database, alder, birch] = await Promise.all([gatewayDatabase(), organisation(), organisation()])
})

beforeEach(() => start(systemClock()))

async function start(clock: NodeClock): Promise<void> {
  await restart(clock)
  await exchange.putPeers([peerEntry(alder)])
}

async function restart(clock: NodeClock = systemClock()): Promise<void> {
  gateway = await runGateway(configOf(birch, database.url), {
    clock,
    diagnostics: () => undefined,
  })
  exchange = new Caller(gateway.innerPort, birch.exchangeTls)
  peer = new Caller(gateway.outerPort, alder.outerTls)
}

afterEach(async () => {
  for (const it of readers.splice(0)) it.close()
  const left = await reader(64)
  await takeAll(left, gateway.activity().inFlight)
  left.close()
  exchange.close()
  peer.close()
  await gateway.close()
})

afterAll(async () => {
  await database.end()
})

async function reader(window: number): Promise<ArrivalReader> {
  const made = new ArrivalReader(await exchange.open(`/inner/v1/arrivals?window=${window}`, {}))
  readers.push(made)
  return made
}

async function arrive(...lanes: readonly Lane[]): Promise<void> {
  for (const lane of lanes) {
    const { status } = await peer.deliver(await signedUnit(alder, birch, { lane }))
    expect(status).toBe(200)
  }
}

function outside(frame: Frame | undefined): { readonly lane: number; readonly digest: string } {
  if (frame === undefined) throw new Error("the stream has ended")
  const trust = {
    ownOrg: Buffer.from(birch.org, "hex"),
    gatewayKeyOf: () => alder.gateway.verifying,
  }
  const { precedence, digest } = outsideOf(frame, trust)
  return { lane: precedence, digest: toHex(digest) }
}

async function take(digests: readonly string[]): Promise<void> {
  const { status } = await exchange.call("/inner/v1/taken", { body: encode([...digests]) })
  expect(status).toBe(204)
}

async function takeAll(from: ArrivalReader, count: number): Promise<void> {
  for (let taken = 0; taken < count; taken += 1) {
    await take([outside(await from.next()).digest])
  }
}

test("what waits comes most urgent first, oldest first within a lane (M-CAR-10)", async () => {
  await arrive(3, 2, 0, 3, 1, 0)
  const frames = await (await reader(64)).frames(6)
  expect(frames.map((it) => outside(it).lane)).toEqual([0, 0, 1, 2, 3, 3])
  const times = frames.map((it) => it.atMs)
  expect(times[0]).toBeLessThanOrEqual(times[1] ?? 0)
  expect(times[4]).toBeLessThanOrEqual(times[5] ?? 0)
})

test("a stream that waits is woken by a commit, and FLASH passes a full window (M-CAR-10)", async () => {
  const stream = await reader(8)
  const first = stream.next()
  await arrive(3, 3, 3, 3, 3, 3, 3, 3, 3)
  expect(outside(await first).lane).toBe(3)
  expect(await stream.frames(6)).toHaveLength(6)
  const next = stream.next()
  await arrive(0)
  expect(outside(await next).lane, "seven of eight are out, the eighth is FLASH's").toBe(0)
})

test("at most a window is out until some of it is taken (M-CAR-10)", async () => {
  await arrive(3, 3, 3)
  const stream = await reader(2)
  const [first] = await stream.frames(1)
  const second = stream.next()
  await take([outside(first).digest])
  expect(outside(await second).digest).not.toBe(outside(first).digest)
})

test("what was not taken comes again on a new stream, and what was taken never (M-CAR-11)", async () => {
  await arrive(1, 3, 3)
  const before = await (await reader(64)).frames(3)
  await take([outside(before[0]).digest])
  const after = await (await reader(64)).frames(2)
  expect(after.map((it) => outside(it).digest).toSorted()).toEqual(
    before
      .slice(1)
      .map((it) => outside(it).digest)
      .toSorted(),
  )
  expect(after.map((it) => toHex(it.receipt)).toSorted(), "with the receipts first given").toEqual(
    before
      .slice(1)
      .map((it) => toHex(it.receipt))
      .toSorted(),
  )
})

test("a newer stream ends the older one (M-CAR-11)", async () => {
  const older = await reader(64)
  const end = older.next()
  await reader(64)
  expect(await end).toBeUndefined()
})

const aDayAgoMs = () => Date.now() - 86_400_000

test("a wall clock that was set back gives no custody in the past, after a restart either", async () => {
  const received = async (): Promise<number> => {
    const { body } = await peer.deliver(await signedUnit(alder, birch))
    return openCustody(body, () => birch.gateway.verifying).atMs
  }
  const before = await received()
  exchange.close()
  peer.close()
  await gateway.close()
  await start(nodeClock({ wallMs: aDayAgoMs, uptimeMs: () => performance.now() }))
  const first = await received()
  expect(first).toBeGreaterThanOrEqual(before)
  expect(await received()).toBeGreaterThanOrEqual(first)
})

test("a gateway counts what waits as unfinished until it is taken", async () => {
  await arrive(3, 0)
  expect(gateway.activity().inFlight).toBe(2)
  const frames = await (await reader(64)).frames(2)
  await take(frames.map((it) => outside(it).digest))
  expect(gateway.activity().inFlight).toBe(0)
})

test("the inner listener says nothing to anyone but the exchange (M-CAR-3)", async () => {
  for (const identity of [selfSignedIdentity(), alder.outerTls, undefined]) {
    const other = new Caller(gateway.innerPort, identity)
    await expect(other.call("/live", { method: "GET" })).rejects.toThrow(/socket|ECONNRESET/)
    other.close()
  }
})

test("a list of peers is not taken over a newer one, after a restart neither, M-CAR-19", async () => {
  const put = async (place: string, isFrozen: boolean) => {
    const body = encode([peerEntry(alder, { isFrozen })])
    const { status, body: said } = await exchange.call(`${peersPath}?${place}`, {
      method: "PUT",
      body,
    })
    return [status, said.length === 0 ? null : (JSON.parse(said.toString()) as unknown)]
  }
  const [one, two] = ["1", "2"].map((it) => it.repeat(32))
  const held = { code: "superseded", series: one }
  await exchange.putPeers([peerEntry(alder)])
  const [status, before] = await put(`series=${one}&number=1`, false)
  const { series } = before as { readonly series: string }
  expect([status, before]).toEqual([409, { code: "superseded", series }])
  expect(await put(`series=${one}&number=2&over=${series}`, true)).toEqual([204, null])
  await gateway.close()
  await restart()
  expect(await put(`series=${one}&number=1&over=${series}`, false)).toEqual([409, held])
  expect(await put(`series=${two}&number=9&over=${series}`, false)).toEqual([409, held])
  expect((await peer.deliver(await signedUnit(alder, birch))).status).toBe(403)
  expect(await put(`series=${one}&number=2&over=${series}`, false)).toEqual([204, null])
  await arrive(3)
})

test("a list of peers without its place is refused", async () => {
  const series = "1".repeat(32)
  for (const place of ["", "series=1&number=1", `series=${series}`, `series=${series}&number=0`]) {
    const call = { method: "PUT", body: encode([peerEntry(alder)]) }
    expect((await exchange.call(`${peersPath}?${place}`, call)).status).toBe(400)
  }
})

test("a list of peers that is malformed is refused whole", async () => {
  const bad = [
    { ...peerEntry(alder), org: "00" },
    { ...peerEntry(alder), pins: ["00"] },
    { ...peerEntry(alder), gatewayKeys: [new Uint8Array(3)] },
    { ...peerEntry(alder), endpoint: "http://127.0.0.1:1" },
    { ...peerEntry(alder), endpoint: "https://127.0.0.1:1/path" },
  ]
  for (const entry of bad) {
    const answer = await exchange.putPeers([entry])
    expect(answer.status).toBe(400)
  }
  await arrive(3)
})
