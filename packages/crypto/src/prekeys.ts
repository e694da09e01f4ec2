/**
 * Prekeys: dated KEM keys that an exchange publishes ahead and deletes on schedule, so that what
 * was sealed to them cannot be opened once they are gone. spec/identity.md 4.
 *
 * Clock-based rather than one-time: a list of dated keys travels through an air gap, and nobody can
 * exhaust it.
 */

import { isSame } from "@tearline/log"

import { type Value, decode, encode } from "./canonical.ts"
import type { SigningKey } from "./composite.ts"
import { refuseUnless } from "./crypto-error.ts"
import { bytesOf, fieldsOf, integerOf, itemsOf, listOf } from "./form.ts"
import { organisationBytes } from "./header.ts"
import type { Identity } from "./identity.ts"
import { kemPublicKeyBytes, prekeyIdOf } from "./kem.ts"
import { openSigned, signPayload } from "./signed.ts"

const prekeysContext = "tearline/prekeys/v1"
const prekeysMax = 64
const skewSeconds = 3600

/** One prekey and the window in which senders use it, in seconds since 1970. */
export interface Prekey {
  readonly publicKey: Uint8Array
  readonly useFrom: number
  readonly useUntil: number
}

/** A list of prekeys. */
export interface PrekeyBundle {
  readonly org: Uint8Array
  /** Grows with every bundle. */
  readonly version: number
  readonly prekeys: readonly Prekey[]
}

/** Signs a bundle of 1 to 64 prekeys. */
export function signPrekeys(exchangeKey: SigningKey, bundle: PrekeyBundle): Uint8Array {
  const prekeys = bundle.prekeys.map((it): Value => [
    prekeyIdOf(it.publicKey),
    it.publicKey,
    it.useFrom,
    it.useUntil,
  ])
  const fields: Value[] = [1, bundle.org, bundle.version, prekeys]
  const payload = encode(new Map(fields.map((field, at) => [at + 1, field])))
  return signPayload(prekeysContext, exchangeKey, payload)
}

/** Checks a bundle. Throws as `checkOperations`; an older version than the held is refused. */
export function checkPrekeys(bytes: Uint8Array, identity: Identity, heldVersion = 0): PrekeyBundle {
  const payload = openSigned(bytes, prekeysContext, (keyId) =>
    isSame(keyId, identity.exchangeKey.id) ? identity.exchangeKey : undefined,
  )
  const value = decode(payload)
  const format = value instanceof Map ? (value as ReadonlyMap<number, Value>).get(1) : undefined
  refuseUnless(format === 1, "unknown_version", "an unknown format of prekeys")
  const field = fieldsOf(value, 4, "the prekeys")
  const org = bytesOf(field(2), "the organisation", organisationBytes)
  refuseUnless(isSame(org, identity.org), "wrong_organisation", "prekeys of another organisation")
  const version = integerOf(field(3), "the version", 1)
  refuseUnless(version >= heldVersion, "wrong_successor", `version ${heldVersion} is held`)
  const prekeys = listOf(field(4), readPrekey, "the prekeys")
  const isCountAllowed = prekeys.length >= 1 && prekeys.length <= prekeysMax
  refuseUnless(isCountAllowed, "malformed", "a bundle holds 1 to 64 prekeys")
  return { org, version, prekeys }
}

function readPrekey(value: Value): Prekey {
  const [id, key, from, until] = itemsOf(value, 4, "a prekey")
  const publicKey = bytesOf(key, "a prekey", kemPublicKeyBytes)
  const useFrom = integerOf(from, "the start of a prekey's window")
  const useUntil = integerOf(until, "the end of a prekey's window")
  const isNamed = isSame(bytesOf(id, "a prekey id"), prekeyIdOf(publicKey))
  refuseUnless(isNamed && useFrom < useUntil, "malformed", "a prekey with another id or no window")
  return { publicKey, useFrom, useUntil }
}

/**
 * The prekey to seal to at a time, or undefined if none covers it. Clocks may differ by an hour: a
 * key whose window has just ended serves where no other does.
 */
export function prekeyAt(bundle: PrekeyBundle, seconds: number): Prekey | undefined {
  const covering = (skew: number) =>
    bundle.prekeys.filter((it) => it.useFrom - skew <= seconds && seconds < it.useUntil + skew)
  const latest = (keys: readonly Prekey[]) =>
    keys.toSorted((left, right) => right.useUntil - left.useUntil)[0]
  return latest(covering(0)) ?? latest(covering(skewSeconds))
}
