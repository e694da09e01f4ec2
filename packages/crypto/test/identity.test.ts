/** Identity chains, operations statements and prekeys: only a true successor is ever accepted. */

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  type Identity,
  type IdentityStatement,
  type OperationsStatement,
  type SigningKey,
  checkIdentity,
  checkIdentityChain,
  checkOperations,
  checkPrekeys,
  encode,
  fingerprint,
  generateKemSeed,
  generateSigningKey,
  kemKeyFromSeed,
  mustBeValidAt,
  prekeyAt,
  signIdentity,
  signOperations,
  signPayload,
  signPrekeys,
} from "../src/index.ts"
import { sha256 } from "../src/suite.ts"
import { codeOf, randomFrom, toHex } from "./fixtures.ts"

const random = randomFrom("identity")
const [root, nextRoot, thirdRoot, stranger, exchange, gateway] = Array.from({ length: 6 }, () =>
  generateSigningKey(random),
) as [SigningKey, SigningKey, SigningKey, SigningKey, SigningKey, SigningKey]
const kem = await kemKeyFromSeed(generateKemSeed(random))

const statement: IdentityStatement = {
  org: root.verifying.id,
  name: "Alder",
  version: 1,
  previousHash: null,
  rootPublicKey: root.verifying.publicKey,
  nextRootHash: sha256(nextRoot.verifying.publicKey),
  exchangePublicKey: exchange.verifying.publicKey,
  notBefore: 1000,
  notAfter: 2000,
  status: "active",
  reason: null,
}
const first = checkIdentity(signIdentity(root, statement))

/** The successor of an identity, with fields replaced. */
function successor(held: Identity, changes: Partial<IdentityStatement> = {}): IdentityStatement {
  const { bytes: _, hash, exchangeKey: __, ...same } = held
  return { ...same, version: held.version + 1, previousHash: hash, ...changes }
}

const validity = (it: Identity, seconds: number) => codeOf(() => mustBeValidAt(it, seconds))
const operationsCode = (it: OperationsStatement, key: SigningKey) =>
  codeOf(() => checkOperations(signOperations(key, it), first))
const codeOfFirst = (changes: Partial<IdentityStatement>, key = root) =>
  codeOf(() => checkIdentity(signIdentity(key, { ...statement, ...changes })))
const codeAfterFirst = (changes: Partial<IdentityStatement>, key = root) =>
  codeOf(() => checkIdentity(signIdentity(key, successor(first, changes)), first))

test("M-ID-1: the organisation's id is that of its first root key", () => {
  expect(toHex(first.org)).toBe(toHex(sha256(root.verifying.publicKey)).slice(0, 32))
  expect(codeOfFirst({ org: stranger.verifying.id })).toBe("wrong_organisation")
})

test("M-ID-2: a statement is signed by the root key that it names, and by no other", () => {
  expect(codeOf(() => signIdentity(stranger, statement))).toBe("bad_key")
  const asStranger = signIdentity(stranger, {
    ...statement,
    rootPublicKey: stranger.verifying.publicKey,
  })
  expect(codeOf(() => checkIdentity(asStranger))).toBe("wrong_organisation")
  const flipped = Uint8Array.from(first.bytes)
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1
  expect(codeOf(() => checkIdentity(flipped))).toBe("bad_signature")
  const resigned = signPayload("tearline/operations/v1", root, encode({}))
  expect(codeOf(() => checkIdentity(resigned))).toBe("wrong_context")
})

test("M-ID-3: a chain begins with version 1 and goes on without a gap", () => {
  expect(codeOfFirst({ version: 2 })).toBe("wrong_successor")
  expect(codeOfFirst({ previousHash: new Uint8Array(32) })).toBe("wrong_successor")
  expect(codeAfterFirst({})).toBe("accepted")
  expect(codeAfterFirst({ version: 3 })).toBe("wrong_successor")
  expect(codeAfterFirst({ version: 1 })).toBe("wrong_successor")
  expect(codeAfterFirst({ previousHash: new Uint8Array(32) })).toBe("wrong_successor")
  expect(codeAfterFirst({ previousHash: null })).toBe("wrong_successor")
  expect(codeOf(() => checkIdentityChain([]))).toBe("malformed")
})

test("M-ID-4: only the root key committed to beforehand replaces a root key", () => {
  const rotation = {
    rootPublicKey: nextRoot.verifying.publicKey,
    nextRootHash: sha256(thirdRoot.verifying.publicKey),
  }
  expect(codeAfterFirst(rotation, nextRoot)).toBe("accepted")
  const usurped = { ...rotation, rootPublicKey: stranger.verifying.publicKey }
  expect(codeAfterFirst(usurped, stranger)).toBe("wrong_successor")
  const rotated = signIdentity(nextRoot, successor(first, rotation))
  const last = checkIdentityChain([first.bytes, rotated])
  expect(toHex(last.org)).toBe(toHex(first.org))
  // The replaced root has no say any more.
  const back = successor(last, { ...rotation, rootPublicKey: root.verifying.publicKey })
  expect(codeOf(() => checkIdentity(signIdentity(root, back), last))).toBe("wrong_successor")
})

test("M-ID-5: the next root key is never the present one", () => {
  expect(codeOfFirst({ nextRootHash: sha256(root.verifying.publicKey) })).toBe("malformed")
})

test("M-ID-5: the present root key cannot promise another next one", () => {
  const another = sha256(stranger.verifying.publicKey)
  expect(codeAfterFirst({ nextRootHash: another })).toBe("wrong_successor")
})

test("M-ID-6: only the promised root follows a revocation, and only an active identity within its times is valid", () => {
  const revoked = checkIdentity(
    signIdentity(root, successor(first, { status: "revoked", reason: "root key lost" })),
    first,
  )
  expect(codeOf(() => checkIdentity(signIdentity(root, successor(revoked)), revoked))).toBe(
    "wrong_successor",
  )
  const recovered = successor(revoked, {
    status: "active",
    reason: null,
    rootPublicKey: nextRoot.verifying.publicKey,
    nextRootHash: sha256(thirdRoot.verifying.publicKey),
  })
  expect(checkIdentity(signIdentity(nextRoot, recovered), revoked).status).toBe("active")
  expect([999, 1000, 2000, 2001].map((it) => validity(first, it))).toEqual([
    "not_valid_now",
    "accepted",
    "accepted",
    "not_valid_now",
  ])
  expect(validity(revoked, 1500)).toBe("not_valid_now")
  expect(codeOfFirst({ notAfter: 1000 })).toBe("malformed")
})

test("any flipped bit of an identity statement is refused", () => {
  fc.assert(
    fc.property(fc.nat(first.bytes.length - 1), fc.nat(7), (at, bit) => {
      const flipped = Uint8Array.from(first.bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
      expect(codeOf(() => checkIdentity(flipped))).not.toBe("accepted")
    }),
    { numRuns: 60 },
  )
})

test("M-ID-7: a fingerprint is six groups of five digits of one root key", () => {
  const shown = fingerprint(root.verifying.publicKey)
  expect(shown).toMatch(/^\d{5}(?: \d{5}){5}$/)
  expect(fingerprint(nextRoot.verifying.publicKey)).not.toBe(shown)
})

const operations: OperationsStatement = {
  org: Uint8Array.from(root.verifying.id),
  version: 4,
  issuedSeconds: 1500,
  gatewayPublicKey: Uint8Array.from(gateway.verifying.publicKey),
  tlsPin: new Uint8Array(32).fill(1),
  nextTlsPin: null,
  fallbackKemPublicKey: kem.public.publicKey,
  endpoints: ["https://gateway.alder.example:8443"],
  carriers: ["https", "file"],
  kinds: { warning: [1], receipt: [1, 2] },
  heartbeatSeconds: 3600,
  dutyTelephone: "+99 555 0100",
}
const held = checkOperations(signOperations(exchange, operations), first)

test("an operations statement comes back as it was signed", () => {
  const { bytes: _, hash: __, gatewayKey, ...again } = held
  expect(again).toEqual({ ...operations })
  expect(toHex(gatewayKey.id)).toBe(toHex(gateway.verifying.id))
})

test("M-ID-8: operations are stated by the exchange key of the same organisation", () => {
  expect(operationsCode(operations, stranger)).toBe("unknown_key")
  expect(operationsCode({ ...operations, org: stranger.verifying.id }, exchange)).toBe(
    "wrong_organisation",
  )
  expect(operationsCode({ ...operations, tlsPin: new Uint8Array(31) }, exchange)).toBe("malformed")
  expect(operationsCode({ ...operations, heartbeatSeconds: 0 }, exchange)).toBe("malformed")
})

test("M-ID-9: operations and prekeys never go back to an older version", () => {
  const after = (it: Partial<OperationsStatement>) =>
    codeOf(() => checkOperations(signOperations(exchange, { ...operations, ...it }), first, held))
  expect(after({ version: 6 })).toBe("accepted")
  expect(after({ version: 3 })).toBe("wrong_successor")
  expect(after({ dutyTelephone: "+99 555 0101" })).toBe("wrong_successor")
  expect(codeOf(() => checkOperations(held.bytes, first, held))).toBe("accepted")
  const bundle = signPrekeys(exchange, { ...prekeys, version: 2 })
  expect(codeOf(() => checkPrekeys(bundle, first, 3))).toBe("wrong_successor")
  expect(codeOf(() => checkPrekeys(bundle, first, 2))).toBe("accepted")
})

const prekeys = {
  org: root.verifying.id,
  version: 1,
  prekeys: [
    { publicKey: kem.public.publicKey, useFrom: 0, useUntil: 86_400 },
    { publicKey: kem.public.publicKey, useFrom: 86_400, useUntil: 172_800 },
  ],
}

test("M-ID-10: a sender seals to the prekey whose window covers now, within an hour of skew", () => {
  const bundle = checkPrekeys(signPrekeys(exchange, prekeys), first)
  const untilOf = (seconds: number) => prekeyAt(bundle, seconds)?.useUntil
  expect([0, 86_399, 86_400, 172_799, 176_399, 176_400].map(untilOf)).toEqual([
    86_400,
    86_400,
    172_800,
    172_800,
    172_800,
    undefined,
  ])
  expect(codeOf(() => checkPrekeys(signPrekeys(stranger, prekeys), first))).toBe("unknown_key")
  const empty = signPrekeys(exchange, { ...prekeys, prekeys: [] })
  expect(codeOf(() => checkPrekeys(empty, first))).toBe("malformed")
})
