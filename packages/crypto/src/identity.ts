/**
 * Who an organisation is: a chain of statements signed by its root key, each naming the hash of the
 * next root key in advance. spec/identity.md.
 *
 * A thief of the root key cannot take the chain over for good: it can neither change that promise
 * nor make a revocation final, and whoever holds the promised key answers with the next statement.
 * An organisation is pinned once, after people have compared its fingerprint on a line that they
 * already trust; every later statement is accepted only as a successor of the one that is held, so
 * that no version is ever rolled back.
 */

import { isSame } from "@tearline/log"

import { type Value, decode, encode } from "./canonical.ts"
import {
  type SigningKey,
  type VerifyingKey,
  keyIdOf,
  publicKeyBytes,
  verifyingKeyFrom,
} from "./composite.ts"
import { CryptoError, refuseUnless } from "./crypto-error.ts"
import { bytesOf, fieldsOf, integerOf, nullOr, textOf } from "./form.ts"
import { digestBytes, organisationBytes } from "./header.ts"
import { signPayload, signedParts, verified } from "./signed.ts"
import { sha256 } from "./suite.ts"

const identityContext = "tearline/identity/v1"
const identityFormat = 1
const statuses = ["active", "suspended", "revoked"] as const

/** Whether the organisation's own root says that its keys may be trusted. */
export type IdentityStatus = (typeof statuses)[number]

/** What an identity statement says. Times are whole seconds since 1970. */
export interface IdentityStatement {
  /** The first 16 bytes of SHA-256 of the first root public key; never changes. */
  readonly org: Uint8Array
  readonly name: string
  /** From 1, without a gap. */
  readonly version: number
  /** SHA-256 of the payload of version - 1; null in version 1. */
  readonly previousHash: Uint8Array | null
  readonly rootPublicKey: Uint8Array
  /** SHA-256 of the public key that alone may replace this root. */
  readonly nextRootHash: Uint8Array
  readonly exchangePublicKey: Uint8Array
  readonly notBefore: number
  readonly notAfter: number
  readonly status: IdentityStatus
  /** Why it is suspended or revoked; null while active. */
  readonly reason: string | null
}

/** A checked statement, with what its successor and its readers need. */
export interface Identity extends IdentityStatement {
  /** The exact bytes, to store and to pass on. */
  readonly bytes: Uint8Array
  /** SHA-256 of the payload: what the successor names as its previous one. */
  readonly hash: Uint8Array
  readonly exchangeKey: VerifyingKey
}

/** Signs a statement with the root key that it names. Throws `bad_key` for any other. */
export function signIdentity(rootKey: SigningKey, statement: IdentityStatement): Uint8Array {
  refuseUnless(
    isSame(rootKey.verifying.publicKey, statement.rootPublicKey),
    "bad_key",
    "an identity statement is signed by the root key that it names",
  )
  return signPayload(identityContext, rootKey, encode(new Map(numbered(statement))))
}

function numbered(it: IdentityStatement): [number, Value][] {
  const fields: Value[] = [
    identityFormat,
    it.org,
    it.name,
    it.version,
    it.previousHash,
    it.rootPublicKey,
    it.nextRootHash,
    it.exchangePublicKey,
    // Log and witness keys, once organisations keep logs.
    null,
    null,
    it.notBefore,
    it.notAfter,
    statuses.indexOf(it.status),
    it.reason,
  ]
  return fields.map((field, at) => [at + 1, field])
}

/**
 * Checks a statement as the first of a chain, or as the successor of one that is held.
 *
 * Without `held` only a version 1 is accepted: its organisation id is made of its root key, so that
 * a fingerprint compared by people settles the rest. Does not look at the clock: see
 * `mustBeValidAt`.
 *
 * @throws CryptoError `not_canonical`, `malformed`, `unknown_version`, `wrong_context`,
 *   `bad_signature`, `wrong_organisation`, `wrong_successor`.
 */
export function checkIdentity(bytes: Uint8Array, held?: Identity): Identity {
  const parts = signedParts(bytes)
  refuseUnless(parts.context === identityContext, "wrong_context", "this is no identity statement")
  const statement = read(decode(parts.payload))
  const rootKey = verifyingKeyFrom(statement.rootPublicKey)
  verified(parts, (keyId) => (isSame(keyId, rootKey.id) ? rootKey : undefined))
  if (held === undefined) mustBeFirst(statement)
  else mustSucceed(statement, held)
  return {
    ...statement,
    bytes,
    hash: sha256(parts.payload),
    exchangeKey: verifyingKeyFrom(statement.exchangePublicKey),
  }
}

function read(value: Value): IdentityStatement {
  const format = value instanceof Map ? (value as ReadonlyMap<number, Value>).get(1) : undefined
  refuseUnless(format === identityFormat, "unknown_version", "an unknown identity format")
  const field = fieldsOf(value, 14, "the identity statement")
  mustBeNull(field(9), "log keys")
  mustBeNull(field(10), "witness keys")
  const statement = {
    org: bytesOf(field(2), "the organisation", organisationBytes),
    name: textOf(field(3), "the name", 200),
    version: integerOf(field(4), "the version", 1),
    previousHash: nullOr(field(5), (it) => bytesOf(it, "the previous hash", digestBytes)),
    rootPublicKey: bytesOf(field(6), "the root key", publicKeyBytes),
    nextRootHash: bytesOf(field(7), "the hash of the next root key", digestBytes),
    exchangePublicKey: bytesOf(field(8), "the exchange key", publicKeyBytes),
    notBefore: integerOf(field(11), "not-before"),
    notAfter: integerOf(field(12), "not-after"),
    status: statuses[integerOf(field(13), "the status", 0, 2)] ?? "revoked",
    reason: nullOr(field(14), (it) => textOf(it, "the reason", 500)),
  }
  const isOrdered = statement.notBefore < statement.notAfter
  refuseUnless(isOrdered, "malformed", "an identity ends before it begins")
  const isCommittedAhead = !isSame(statement.nextRootHash, sha256(statement.rootPublicKey))
  refuseUnless(isCommittedAhead, "malformed", "the next root key is the present one")
  return statement
}

function mustBeNull(value: Value, what: string): void {
  refuseUnless(value === null, "malformed", `${what} are not defined in this format`)
}

function mustBeFirst(statement: IdentityStatement): void {
  const isFirst = statement.version === 1 && statement.previousHash === null
  refuseUnless(isFirst, "wrong_successor", "a chain begins with version 1: ask for all of it")
  refuseUnless(
    isSame(statement.org, keyIdOf(statement.rootPublicKey)),
    "wrong_organisation",
    "the organisation's id is not that of its first root key",
  )
}

function mustSucceed(statement: IdentityStatement, held: Identity): void {
  refuseUnless(isSame(statement.org, held.org), "wrong_organisation", "another organisation")
  const { version, previousHash } = statement
  const isNext =
    version === held.version + 1 && previousHash !== null && isSame(previousHash, held.hash)
  refuseUnless(isNext, "wrong_successor", `not the successor of version ${held.version}`)
  if (isSame(statement.rootPublicKey, held.rootPublicKey)) mustKeepPromise(statement, held)
  else mustBePromised(statement, held)
}

/** What the present root may still say: neither another next root nor anything after a revocation. */
function mustKeepPromise(statement: IdentityStatement, held: Identity): void {
  refuseUnless(
    held.status !== "revoked" && isSame(statement.nextRootHash, held.nextRootHash),
    "wrong_successor",
    "the same root key may neither end a revocation nor promise another next root key",
  )
}

function mustBePromised(statement: IdentityStatement, held: Identity): void {
  refuseUnless(
    isSame(sha256(statement.rootPublicKey), held.nextRootHash),
    "wrong_successor",
    "the root key is neither the held one nor the one committed to",
  )
}

/** Checks a whole chain from version 1 and returns its last statement. */
export function checkIdentityChain(chain: readonly Uint8Array[]): Identity {
  let held: Identity | undefined
  for (const bytes of chain) held = checkIdentity(bytes, held)
  if (held === undefined) throw new CryptoError("malformed", "an empty chain identifies nobody")
  return held
}

/** Throws `not_valid_now` unless the identity is active and within its times. */
export function mustBeValidAt(identity: Identity, seconds: number): void {
  const { status, notBefore, notAfter } = identity
  refuseUnless(status === "active", "not_valid_now", `the identity is ${status}`)
  const isWithin = seconds >= notBefore && seconds <= notAfter
  refuseUnless(isWithin, "not_valid_now", "the time is outside the identity's validity")
}

/**
 * The fingerprint that people compare by voice: 30 decimal digits in six groups of five, about 100
 * bits, made of one organisation's root key alone. One line for each organisation; never merged
 * into one shorter number, which a man in the middle could search for from both sides at once.
 */
export function fingerprint(rootPublicKey: Uint8Array): string {
  const hex = Buffer.from(sha256(rootPublicKey)).toString("hex")
  const digits = (BigInt(`0x${hex}`) % 10n ** 30n).toString().padStart(30, "0")
  return digits.match(/\d{5}/g)?.join(" ") ?? digits
}
