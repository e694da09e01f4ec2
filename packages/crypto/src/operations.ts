/**
 * How an organisation is reached at present: the operations statement, signed by the exchange key.
 * spec/identity.md 3.
 *
 * It changes often (certificates, addresses, versions) and needs no offline root; what it may not
 * do is outlive the exchange key or go back to an older version.
 */

import { isSame } from "@tearline/log"

import { type Value, decode, encode } from "./canonical.ts"
import {
  type SigningKey,
  type VerifyingKey,
  publicKeyBytes,
  verifyingKeyFrom,
} from "./composite.ts"
import { refuseUnless } from "./crypto-error.ts"
import { bytesOf, fieldsOf, integerOf, listOf, malformed, mapOf, nullOr, textOf } from "./form.ts"
import { digestBytes, organisationBytes } from "./header.ts"
import type { Identity } from "./identity.ts"
import { kemPublicKeyBytes } from "./kem.ts"
import { openSigned, signPayload } from "./signed.ts"
import { sha256 } from "./suite.ts"

const operationsContext = "tearline/operations/v1"
const operationsFormat = 1
const listMax = 64

/** What an operations statement says. */
export interface OperationsStatement {
  readonly org: Uint8Array
  /** Grows with every statement; gaps are allowed. */
  readonly version: number
  readonly issuedSeconds: number
  readonly gatewayPublicKey: Uint8Array
  /** SHA-256 of the SubjectPublicKeyInfo of the gateway's TLS key, now and after the next change. */
  readonly tlsPin: Uint8Array
  readonly nextTlsPin: Uint8Array | null
  /** The KEM key to seal to when no prekey is known: without forward secrecy. */
  readonly fallbackKemPublicKey: Uint8Array
  /** Where the gateway listens: absolute URLs, the preferred one first. */
  readonly endpoints: readonly string[]
  /** `https`, `file`: the preferred one first. */
  readonly carriers: readonly string[]
  /** The message kinds that this node speaks, each with its versions. */
  readonly kinds: Readonly<Record<string, readonly number[]>>
  readonly heartbeatSeconds: number
  /** The duty officer's telephone, for when nothing else answers. */
  readonly dutyTelephone: string
}

/** A checked statement. */
export interface Operations extends OperationsStatement {
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  readonly gatewayKey: VerifyingKey
}

/** Signs an operations statement. */
export function signOperations(exchangeKey: SigningKey, it: OperationsStatement): Uint8Array {
  const fields: Value[] = [
    operationsFormat,
    it.org,
    it.version,
    it.issuedSeconds,
    it.gatewayPublicKey,
    it.tlsPin,
    it.nextTlsPin,
    it.fallbackKemPublicKey,
    it.endpoints,
    it.carriers,
    it.kinds,
    it.heartbeatSeconds,
    it.dutyTelephone,
  ]
  const payload = encode(new Map(fields.map((field, at) => [at + 1, field])))
  return signPayload(operationsContext, exchangeKey, payload)
}

/**
 * Checks a statement against its organisation's identity and the statement that is held, if any.
 * The very statement that is held is accepted again.
 *
 * @throws CryptoError `not_canonical`, `malformed`, `unknown_version`, `wrong_context`,
 *   `unknown_key`, `bad_signature`, `wrong_organisation`, `wrong_successor`.
 */
export function checkOperations(
  bytes: Uint8Array,
  identity: Identity,
  held?: Operations,
): Operations {
  const payload = openSigned(bytes, operationsContext, (keyId) =>
    isSame(keyId, identity.exchangeKey.id) ? identity.exchangeKey : undefined,
  )
  const statement = read(decode(payload))
  const hash = sha256(payload)
  const isSameOrg = isSame(statement.org, identity.org)
  refuseUnless(isSameOrg, "wrong_organisation", "the statement is about another organisation")
  if (held !== undefined && !isSame(hash, held.hash)) {
    const isNewer = statement.version > held.version
    refuseUnless(isNewer, "wrong_successor", `version ${held.version} or a later one is held`)
  }
  return { ...statement, bytes, hash, gatewayKey: verifyingKeyFrom(statement.gatewayPublicKey) }
}

function read(value: Value): OperationsStatement {
  const format = value instanceof Map ? (value as ReadonlyMap<number, Value>).get(1) : undefined
  refuseUnless(format === operationsFormat, "unknown_version", "an unknown operations format")
  const field = fieldsOf(value, 13, "the operations statement")
  return {
    org: bytesOf(field(2), "the organisation", organisationBytes),
    version: integerOf(field(3), "the version", 1),
    issuedSeconds: integerOf(field(4), "the time of issue"),
    gatewayPublicKey: bytesOf(field(5), "the gateway key", publicKeyBytes),
    tlsPin: bytesOf(field(6), "the TLS pin", digestBytes),
    nextTlsPin: nullOr(field(7), (it) => bytesOf(it, "the next TLS pin", digestBytes)),
    fallbackKemPublicKey: bytesOf(field(8), "the fallback KEM key", kemPublicKeyBytes),
    endpoints: shortList(field(9), (it) => textOf(it, "an endpoint", 500), "the endpoints"),
    carriers: shortList(field(10), (it) => textOf(it, "a carrier", 32), "the carriers"),
    kinds: kindsOf(field(11)),
    heartbeatSeconds: integerOf(field(12), "the heartbeat", 1),
    dutyTelephone: textOf(field(13), "the duty telephone", 64),
  }
}

function kindsOf(value: Value): Record<string, readonly number[]> {
  const kinds = Object.entries(mapOf(value, "the kinds"))
  return Object.fromEntries(
    kinds.map(([kind, versions]) => [
      kind,
      shortList(versions, (it) => integerOf(it, "a version", 1), "the versions of a kind"),
    ]),
  )
}

function shortList<Item>(
  value: Value,
  item: (value: Value) => Item,
  what: string,
): readonly Item[] {
  const list = listOf(value, item, what)
  if (list.length > listMax) throw malformed(what)
  return list
}
