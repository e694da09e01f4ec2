/** Our own vectors, as any other implementation would read them. */

import { readFileSync } from "node:fs"

import { describe, expect, test } from "vitest"

import {
  type OpeningTrust,
  checkIdentity,
  checkIdentityChain,
  checkOperations,
  checkRestore,
  decode,
  encode,
  fingerprint,
  kemKeyFromSeed,
  openUnit,
  signingKeyFromSeed,
  verify,
  verifyingKeyFrom,
} from "../src/index.ts"
import { codeOf, codeOfLater, fromHex, toHex } from "./fixtures.ts"

function vectors(name: string): unknown {
  const path = `${import.meta.dirname}/../../../spec/vectors/${name}.json`
  return JSON.parse(readFileSync(path, "utf8")) as unknown
}

describe("canonical form", () => {
  const { valid, invalid } = vectors("canonical") as {
    valid: { name: string; hex: string }[]
    invalid: { hex: string; reason: string }[]
  }
  test.each(valid)("$name is accepted and encodes to the same bytes", ({ hex }) => {
    expect(toHex(encode(decode(fromHex(hex))))).toBe(hex)
  })
  test.each(invalid)("$reason is refused", ({ hex }) => {
    expect(codeOf(() => decode(fromHex(hex)))).not.toBe("accepted")
  })
})

interface SignatureCase {
  readonly context: string
  readonly message: string
  readonly signature: string
}

test("composite signatures hold or are refused as recorded", () => {
  const recorded = vectors("composite") as {
    seed: string
    publicKey: string
    keyId: string
    valid: SignatureCase[]
    invalid: SignatureCase[]
  }
  const key = verifyingKeyFrom(fromHex(recorded.publicKey))
  expect(toHex(key.id)).toBe(recorded.keyId)
  const { verifying } = signingKeyFromSeed(fromHex(recorded.seed))
  expect(toHex(verifying.publicKey)).toBe(recorded.publicKey)
  const holds = (it: SignatureCase) =>
    verify(it.context, key, fromHex(it.message), fromHex(it.signature))
  expect(recorded.valid.map(holds)).toEqual(recorded.valid.map(() => true))
  expect(recorded.invalid.map(holds)).toEqual(recorded.invalid.map(() => false))
})

test("identity statements are accepted or refused as recorded", () => {
  const recorded = vectors("identity") as Record<
    "fingerprint" | "org" | "first" | "second" | "operations",
    string
  > & { refusedAfterFirst: { code: string; statement: string }[] }
  const first = checkIdentity(fromHex(recorded.first))
  expect(fingerprint(first.rootPublicKey)).toBe(recorded.fingerprint)
  expect(toHex(first.org)).toBe(recorded.org)
  expect(checkIdentityChain([first.bytes, fromHex(recorded.second)]).version).toBe(2)
  expect(checkOperations(fromHex(recorded.operations), first).heartbeatSeconds).toBe(3600)
  const codes = recorded.refusedAfterFirst.map(({ statement }) =>
    codeOf(() => checkIdentity(fromHex(statement), first)),
  )
  expect(codes).toEqual(recorded.refusedAfterFirst.map(({ code }) => code))
})

type Keys = Record<"org" | "exchangePublicKey" | "gatewayPublicKey" | "kemSeed", string>

interface EnvelopeVectors {
  readonly alder: Keys
  readonly birch: Keys
  readonly cedar: Keys
  readonly messageId: string
  readonly digest: string
  readonly payload: string
  readonly valid: { to: "birch" | "cedar"; unit: string; slotHash: string }[]
  readonly invalid: { code: string; reason: string; unit: string }[]
}

const envelopes = vectors("envelope") as EnvelopeVectors

async function trustOf(own: Keys): Promise<OpeningTrust> {
  const kem = await kemKeyFromSeed(fromHex(own.kemSeed))
  const gateway = verifyingKeyFrom(fromHex(envelopes.alder.gatewayPublicKey))
  const exchange = verifyingKeyFrom(fromHex(envelopes.alder.exchangePublicKey))
  return {
    ownOrg: fromHex(own.org),
    gatewayKeyOf: () => gateway,
    exchangeKeyOf: () => exchange,
    kemKeyOf: () => kem,
  }
}

test.each(envelopes.valid)("the recorded unit to $to opens to the recorded message", async (it) => {
  const opened = await openUnit(fromHex(it.unit), await trustOf(envelopes[it.to]))
  expect(opened.messageId).toBe(envelopes.messageId)
  expect(toHex(opened.digest)).toBe(envelopes.digest)
  expect(toHex(opened.payload)).toBe(envelopes.payload)
  expect(toHex(opened.slotHash)).toBe(it.slotHash)
})

test.each(envelopes.invalid)("M-ENV-13: $reason is refused as $code", async ({ code, unit }) => {
  const trust = await trustOf(envelopes.birch)
  expect(await codeOfLater(() => openUnit(fromHex(unit), trust))).toBe(code)
})

describe("restore statements", () => {
  const recorded = vectors("restore") as {
    identity: string
    epoch: number
    issuedSeconds: number
    valid: string
    invalid: { reason: string; statement: string; code: string }[]
  }
  const identity = checkIdentity(fromHex(recorded.identity))

  test("M-ID-11: the root's word is taken", () => {
    const { epoch, issuedSeconds } = recorded
    const statement = checkRestore(fromHex(recorded.valid), identity)
    expect(statement).toEqual({ org: identity.org, epoch, issuedSeconds })
  })

  test.each(recorded.invalid)("M-ID-11: $reason is refused", ({ statement, code }) => {
    expect(codeOf(() => checkRestore(fromHex(statement), identity))).toBe(code)
  })
})
