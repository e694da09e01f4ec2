/** What a courier can do at a real gateway, with real units and receipts. */

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"

import { decodeDrop, encodeDrop, type Brought, type Drop, type OrgId } from "@tearline/core"
import {
  type Value,
  decode,
  departureOf,
  encode,
  openCustody,
  openRefusal,
  signCustody,
} from "@tearline/crypto"

import { type RunningGateway, runGateway, selfSignedIdentity, systemClock } from "../src/index.ts"
import { Caller } from "./caller.ts"
import { type Database, gatewayDatabase } from "./database.ts"
import {
  type Organisation,
  configOf,
  organisation,
  peerEntry,
  signedUnit,
  unsignedUnits,
} from "./organisation.ts"

const courierTls = selfSignedIdentity()
let database: Database
let alder: Organisation
let birch: Organisation
let cedar: Organisation
let gateway: RunningGateway
let exchange: Caller
let courier: Caller

beforeAll(async () => {
  ;[database, alder, birch, cedar] = await Promise.all([
    gatewayDatabase(),
    organisation(),
    organisation(),
    organisation(),
  ])
})

/** Birch's gateway, which reaches Alder by file and does not know Cedar. */
beforeEach(async () => {
  const config = configOf(birch, database.url)
  const inner = { ...config.inner, courierPin: courierTls.pin }
  gateway = await runGateway(
    { ...config, inner },
    { clock: systemClock(), diagnostics: () => undefined },
  )
  exchange = new Caller(gateway.innerPort, birch.exchangeTls)
  courier = new Caller(gateway.innerPort, courierTls)
  const entry = { ...peerEntry(alder), carrier: "file" }
  await exchange.putPeers([entry])
})

afterEach(async () => {
  exchange.close()
  courier.close()
  await gateway.close()
})

afterAll(async () => {
  await database.end()
})

const record = (content: Uint8Array, changes: Partial<Drop> = {}): Uint8Array =>
  encodeDrop({
    kind: "unit",
    lane: 0,
    from: alder.org,
    to: birch.org,
    content,
    ...changes,
  })

async function bring(file: Uint8Array): Promise<Brought> {
  const { status, body } = await courier.call("/courier/v1/bring", { body: file })
  expect(status).toBe(200)
  return JSON.parse(body.toString()) as Brought
}

async function laidOut(kind: Drop["kind"]): Promise<readonly Drop[]> {
  const { body } = await courier.call("/courier/v1/take", { body: encode([alder.org, null]) })
  const [files] = decode(body, { bytesMax: 8 * 1024 * 1024 }) as unknown as [Uint8Array[]]
  return files.flatMap((it) => decodeDrop(it) ?? []).filter((it) => it.kind === kind)
}

const keyOf = () => birch.gateway.verifying

test("a unit by file is held as any other, and its first receipt goes back, M-FIL-5", async () => {
  const unit = await signedUnit(alder, birch, { lane: 0 })
  const held = { kind: "held", sender: alder.org }
  expect(await bring(record(unit))).toEqual({ ...held, isNew: true })
  expect(await bring(record(unit))).toEqual({ ...held, isNew: false })
  const receipts = await laidOut("custody")
  expect(receipts).toHaveLength(1)
  const [receipt] = receipts
  expect(receipt).toMatchObject({ from: birch.org, to: alder.org, lane: 0 })
  const custody = openCustody(receipt?.content ?? new Uint8Array(), keyOf)
  expect(Buffer.from(custody.sender).toString("hex")).toBe(alder.org)
})

const unsigned = (code: string) => ({ kind: "refused", code, isSigned: false })

test("what is wrong with a unit is refused as over a line, M-FIL-5", async () => {
  const unit = await signedUnit(alder, birch)
  const stranger = await signedUnit(cedar, birch)
  const foreign = await signedUnit(alder, cedar)
  const cut = unit.subarray(0, unit.length - 1)
  expect(await bring(record(stranger))).toEqual(unsigned("unknown_key"))
  expect(await bring(record(cut))).toMatchObject({ kind: "refused", isSigned: false })
  expect(await bring(record(unit, { to: cedar.org }))).toEqual(unsigned("foreign_addressee"))
  expect(await bring(Buffer.from("noise"))).toEqual(unsigned("malformed"))
  expect(await laidOut("refusal")).toEqual([])
  expect(await bring(record(foreign))).toEqual({
    kind: "refused",
    code: "foreign_slot",
    isSigned: true,
  })
  const [refusal] = await laidOut("refusal")
  expect(openRefusal(refusal?.content ?? new Uint8Array(), keyOf).code).toBe("foreign_slot")
})

async function depart(unit: Uint8Array): Promise<number> {
  const path = `/inner/v1/departures?to=${alder.org}&lane=0`
  return (await exchange.call(path, { body: unit })).status
}

async function answers(): Promise<readonly Value[]> {
  const { body } = await exchange.call("/inner/v1/answers", { body: new Uint8Array() })
  return decode(body) as unknown as Value[]
}

/** What Alder's gateway would sign, or somebody else. */
function receiptFor(
  unit: Drop,
  { by = alder, recipient = alder.org, sender = birch.org }: Partial<Signing> = {},
): Uint8Array {
  return signCustody(by.gateway, {
    digest: Buffer.from(digestOf(unit), "hex"),
    sender: Buffer.from(sender, "hex"),
    recipient: Buffer.from(recipient, "hex"),
    atMs: 1_000,
    unitHash: new Uint8Array(32),
  })
}

interface Signing {
  readonly by: Organisation
  readonly recipient: OrgId
  readonly sender: OrgId
}

test("a departure waits for the courier until the peer's own receipt is back, M-FIL-6, M-FIL-7", async () => {
  const [unit = new Uint8Array()] = await unsignedUnits(birch, [alder])
  expect(await depart(unit)).toBe(202)
  expect(await depart(unit)).toBe(202)
  const [waiting] = await laidOut("unit")
  if (waiting === undefined) throw new Error("nothing is laid out")
  // Signed once: the same file on every stick.
  expect(await laidOut("unit")).toEqual([waiting])

  const back = (receipt: Uint8Array, from = alder.org) =>
    bring(record(receipt, { kind: "custody", from }))
  const bad = { kind: "refused", code: "bad_receipt", isSigned: false }
  const foreign = { kind: "refused", code: "foreign_receipt", isSigned: false }
  expect(await back(receiptFor(waiting, { by: cedar }))).toEqual(bad)
  expect(await back(receiptFor(waiting, { by: birch }))).toEqual(bad)
  expect(await back(receiptFor(waiting, { recipient: cedar.org }))).toEqual(bad)
  expect(await back(receiptFor(waiting, { sender: cedar.org }))).toEqual(foreign)
  expect(await back(receiptFor(waiting), cedar.org)).toEqual(foreign)
  expect(await laidOut("unit")).toEqual([waiting])

  const receipt = receiptFor(waiting)
  expect(await back(receipt)).toEqual({ kind: "settled", isNew: true })
  expect(await back(receipt)).toEqual({ kind: "settled", isNew: false })
  expect(await laidOut("unit")).toEqual([])
  expect(await depart(unit)).toBe(200)
  const [answer] = await answers()
  expect(answer).toMatchObject({ 0: alder.org, 1: digestOf(waiting), 2: true })
  const settled = encode([[alder.org, digestOf(waiting)]])
  expect((await exchange.call("/inner/v1/settled", { body: settled })).status).toBe(204)
  expect(await answers()).toEqual([])
})

function digestOf({ content }: Drop): string {
  return Buffer.from(departureOf(content).digest).toString("hex")
}

/** A stick was begun, brought these, and is said to be all there is from Alder. */
async function closedAfter(files: readonly Uint8Array[]): Promise<void> {
  const { body } = await courier.call("/courier/v1/open", { body: new Uint8Array() })
  const { openedMs } = JSON.parse(body.toString()) as { readonly openedMs: number }
  for (const file of files) await bring(file)
  const closed = encode([openedMs, [alder.org]])
  expect((await courier.call("/courier/v1/close", { body: closed })).status).toBe(204)
}

test("a receipt is let go by what the peer has newly signed, and by nothing else, M-FIL-8", async () => {
  const first = record(await signedUnit(alder, birch))
  await bring(first)
  const before = await laidOut("custody")
  const forged = record(new Uint8Array(60))
  await closedAfter([])
  await closedAfter([forged])
  await closedAfter([first, forged])
  expect((await laidOut("custody")).length).toBe(before.length)
  await closedAfter([record(await signedUnit(alder, birch))])
  expect(await laidOut("custody")).toHaveLength(1)
})

test("a courier's pin carries, and reaches nothing else, M-FIL-10", async () => {
  for (const path of ["/live", "/ready", "/metrics"]) {
    expect((await courier.call(path, { method: "GET" })).status).toBe(403)
    courier.close()
    courier = new Caller(gateway.innerPort, courierTls)
  }
  for (const path of ["/inner/v1/arrivals", "/inner/v1/taken", "/inner/v1/departures?to=x"]) {
    expect((await courier.call(path, { body: encode([]) })).status).toBe(403)
    courier.close()
    courier = new Caller(gateway.innerPort, courierTls)
  }
  const body = encode([null, null])
  expect((await exchange.call("/courier/v1/take", { body })).status).toBe(403)
})

test("a page that is malformed is refused, and nothing breaks", async () => {
  for (const page of [[], [null], ["x", null], [null, []], [null, [9, 0, "", "", "unit"]]]) {
    const body = encode(page)
    expect((await courier.call("/courier/v1/take", { body })).status).toBe(400)
  }
})
