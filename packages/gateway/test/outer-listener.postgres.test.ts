/** What peers and strangers are answered, over real TLS and a real database. */

import { hash } from "node:crypto"

import { afterAll, beforeAll, expect, test } from "vitest"

import { openCustody, openRefusal, signOuter } from "@tearline/crypto"

import { type RunningGateway, runGateway, selfSignedIdentity, systemClock } from "../src/index.ts"
import { type Answer, Caller } from "./caller.ts"
import { type Database, gatewayDatabase } from "./database.ts"
import {
  type Organisation,
  configOf,
  organisation,
  peerEntry,
  signedUnit,
  toHex,
  unsignedUnits,
  withHeaderField,
  withItem,
} from "./organisation.ts"

const clock = systemClock()
let database: Database
let alder: Organisation
let birch: Organisation
let cedar: Organisation
let gateway: RunningGateway
let exchange: Caller

beforeAll(async () => {
  ;[database, alder, birch, cedar] = await Promise.all([
    gatewayDatabase(),
    organisation(),
    organisation(),
    organisation(),
  ])
  await start()
})

afterAll(async () => {
  exchange.close()
  await gateway.close()
  await database.end()
})

async function start(): Promise<void> {
  gateway = await runGateway(configOf(birch, database.url), { clock, diagnostics: () => undefined })
  exchange = new Caller(gateway.innerPort, birch.exchangeTls)
  await putPeers(peerEntry(alder), peerEntry(cedar))
}

async function putPeers(...peers: ReturnType<typeof peerEntry>[]): Promise<void> {
  const { status } = await exchange.putPeers(peers)
  expect(status).toBe(204)
}

/** A connection of an organisation's gateway; a fresh one, so that rates do not mix. */
function callerOf(own: Organisation): Caller {
  return new Caller(gateway.outerPort, own.outerTls)
}

const birchKey = () => birch.gateway.verifying
const generic = Buffer.from(JSON.stringify({ code: "refused" }))

test("custody names the very bytes that were taken", async () => {
  const unit = await signedUnit(alder, birch)
  const caller = callerOf(alder)
  const answer = await caller.deliver(unit)
  expect(answer.status).toBe(200)
  const custody = openCustody(answer.body, birchKey)
  expect(toHex(custody.sender)).toBe(alder.org)
  expect(toHex(custody.recipient)).toBe(birch.org)
  expect(toHex(custody.unitHash)).toBe(hash("sha256", unit))
  caller.close()
})

test("an identical retry gets the first receipt again, after a restart too (I3, M-CAR-5, M-RCP-2)", async () => {
  const unit = await signedUnit(alder, birch)
  const caller = callerOf(alder)
  const together = await Promise.all([1, 2, 3].map(() => caller.deliver(unit)))
  const receipts = together.map((it) => toHex(it.body))
  expect(new Set(receipts).size).toBe(1)
  caller.close()
  exchange.close()
  await gateway.close()
  await start()
  const again = callerOf(alder)
  expect(toHex((await again.deliver(unit)).body)).toBe(receipts[0])
  again.close()
})

test("whoever signed is told in a signed refusal what is wrong (M-CAR-6, M-RCP-3)", async () => {
  const caller = callerOf(alder)
  const answer = await caller.deliver(await signedUnit(alder, cedar))
  expect(answer.status).toBe(422)
  const refused = openRefusal(answer.body, birchKey)
  expect(refused.code).toBe("foreign_slot")
  expect(toHex(refused.sender)).toBe(alder.org)
  caller.close()
})

test("what nobody signed for gets one answer that tells nothing apart (I9, M-CAR-7)", async () => {
  const unit = await signedUnit(alder, birch)
  const [unsigned = unit] = await unsignedUnits(alder, [birch])
  // The array's length of six written in two bytes instead of one: the same value, another form.
  const longForm = Buffer.concat([Uint8Array.of(0x98, 6), unit.subarray(1)])
  const bad: Record<string, Uint8Array> = {
    nothing: new Uint8Array(),
    truncated: unit.subarray(0, -1),
    extended: Buffer.concat([unit, Uint8Array.of(0)]),
    "no cbor": Buffer.from("a text"),
    "non-canonical": longForm,
    unsigned,
    "another signature": withItem(unit, 2, flipped),
    "another body": withItem(unit, 1, flipped),
    "unknown version": withHeaderField(unit, 1, 2),
    "unknown suite": withHeaderField(unit, 2, 2),
    "signed by a stranger": signOuterAs(cedar, withHeaderField(unsigned, 10, keyId(cedar))),
  }
  const caller = callerOf(alder)
  for (const [name, body] of Object.entries(bad)) {
    const { status, body: answer } = await caller.deliver(body)
    expect({ name, status, answer }).toEqual({ name, status: 403, answer: generic })
  }
  const stranger = new Caller(gateway.outerPort, selfSignedIdentity())
  const nameless = new Caller(gateway.outerPort)
  const carrier = callerOf(cedar)
  for (const other of [stranger, nameless, carrier]) {
    const { status, body: answer } = await other.deliver(unit)
    expect({ status, answer }).toEqual({ status: 403, answer: generic })
  }
  const { status } = await caller.deliver(unit)
  expect(status, "the bad ones have cost the good one nothing").toBe(200)
  for (const it of [caller, stranger, nameless, carrier]) it.close()
})

/** The bytes with one bit changed. */
function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at === 99 ? byte ^ 1 : byte))
}

function keyId(own: Organisation): Uint8Array {
  return own.gateway.verifying.id
}

function signOuterAs(own: Organisation, unit: Uint8Array): Uint8Array {
  return signOuter(own.gateway, unit)
}

test("a captured envelope brought by another peer is refused (M-CAR-9)", async () => {
  const cedars = callerOf(cedar)
  const alders = callerOf(alder)
  const unit = await signedUnit(alder, birch)
  expect((await cedars.deliver(unit)).status).toBe(403)
  expect((await alders.deliver(unit)).status).toBe(200)
  cedars.close()
  alders.close()
})

test("a body over the limit or of unstated length is refused unread (M-CAR-8)", async () => {
  const caller = callerOf(alder)
  const oversized = await caller.open("/tearline/v1/envelopes", {
    headers: { "content-length": 1_258_292 },
    body: new Uint8Array(),
  })
  expect(oversized.statusCode).toBe(413)
  oversized.destroy()
  const chunked = await caller.open("/tearline/v1/envelopes", {
    headers: { "transfer-encoding": "chunked" },
  })
  expect(chunked.statusCode).toBe(400)
  chunked.destroy()
  caller.close()
})

test("generic answers run out for who keeps asking, and good units still pass (M-CAR-7)", async () => {
  const caller = callerOf(cedar)
  const statuses = new Set<number>()
  for (let count = 0; count < 40; count += 1) {
    statuses.add((await caller.deliver(Buffer.from("junk"))).status)
  }
  expect(statuses).toEqual(new Set([403, 429]))
  expect((await caller.deliver(await signedUnit(cedar, birch))).status).toBe(200)
  caller.close()
})

test("what is beyond a peer's share is to come again, unread, and its FLASH passes (M-CAR-13, M-CAR-18)", async () => {
  // Its broken requests use up its generic answers: an organisation of its own.
  const dogwood = await organisation()
  await putPeers(peerEntry(alder), peerEntry(cedar), peerEntry(dogwood))
  const [caller, other] = [callerOf(dogwood), callerOf(cedar)]
  const unit = await signedUnit(dogwood, birch)
  const flash = await signedUnit(dogwood, birch, { lane: 0 })
  const halves = Array.from({ length: 32 }, () => caller.begin(unit.length))
  const until = async (status: number): Promise<Answer> => {
    for (;;) {
      const answer = await caller.deliver(unit)
      if (answer.status === status) return answer
    }
  }
  const away = await until(429)
  expect(away.body).toEqual(generic)
  expect(away.headers).toMatchObject({ "retry-after": "1", connection: "keep-alive" })
  const path = "/tearline/v1/envelopes?lane=0"
  expect((await caller.call(path, { body: flash })).status).toBe(200)
  expect((await other.deliver(await signedUnit(cedar, birch))).status).toBe(200)
  for (const half of halves) half.destroy()
  expect((await until(200)).status).toBe(200)
  caller.close()
  other.close()
})

test("a frozen peer is a stranger from the next request on (M-CAR-2)", async () => {
  const caller = callerOf(alder)
  expect((await caller.deliver(await signedUnit(alder, birch))).status).toBe(200)
  await putPeers(peerEntry(alder, { isFrozen: true }), peerEntry(cedar))
  expect((await caller.deliver(await signedUnit(alder, birch))).status).toBe(403)
  await putPeers(peerEntry(alder), peerEntry(cedar))
  caller.close()
  const again = callerOf(alder)
  expect((await again.deliver(await signedUnit(alder, birch))).status).toBe(200)
  again.close()
})

/** Asks until the answer has that status; the test's own limit ends it otherwise. */
async function answersUntil(status: number, ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (answer.status === status) return answer
  }
}

test("without its database nothing is acknowledged, and it recovers by itself (M-CAR-12)", async () => {
  const caller = callerOf(alder)
  const unit = await signedUnit(alder, birch, { lane: 0 })
  database.crash()
  const away = await answersUntil(503, () => caller.deliver(unit))
  expect(away.body).toEqual(generic)
  expect((await exchange.call("/live", { method: "GET" })).status).toBe(200)
  expect((await exchange.call("/ready", { method: "GET" })).status).toBe(503)
  await database.start()
  const back = await answersUntil(200, () => caller.deliver(unit))
  expect(toHex(openCustody(back.body, birchKey).sender)).toBe(alder.org)
  const ready = await exchange.call("/ready", { method: "GET" })
  expect(ready.status).toBe(200)
  // A minute long, so that whoever looks now hears of it.
  expect(JSON.parse(ready.body.toString())).toMatchObject({ trouble: "unavailable" })
  caller.close()
})
