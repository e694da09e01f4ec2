/**
 * What a gateway signs back about an envelope: that it holds it, or why it does not.
 *
 * A custody receipt says that ciphertext is durably held and that its outer signature held: never
 * that anybody could open it, still less that anybody read it. spec/envelope.md 7.
 */

import { type Value, decode, encode } from "./canonical.ts"
import type { SigningKey } from "./composite.ts"
import { bytesOf, fieldsOf, integerOf, textOf } from "./form.ts"
import { digestBytes, organisationBytes } from "./header.ts"
import { type KeyOf, type SignatureContext, openSigned, signPayload } from "./signed.ts"

const custodyContext = "tearline/custody/v1"
const refusalContext = "tearline/refusal/v1"
const codeForm = /^[a-z]+(?:_[a-z]+)*$/

/** That the addressee's gateway holds this unit of `sender`'s envelope since `atMs`. */
export interface Custody {
  readonly digest: Uint8Array
  readonly sender: Uint8Array
  readonly recipient: Uint8Array
  readonly atMs: number
  /** SHA-256 of the unit as it was received. */
  readonly unitHash: Uint8Array
}

/** That the addressee did not take the envelope, with a stable code. */
export interface RefusedEnvelope {
  readonly digest: Uint8Array
  readonly sender: Uint8Array
  readonly recipient: Uint8Array
  readonly atMs: number
  readonly code: string
}

/** A signed custody receipt, exact bytes. */
export function signCustody(gatewayKey: SigningKey, custody: Custody): Uint8Array {
  return signFields(custodyContext, gatewayKey, [...about(custody), custody.unitHash])
}

/** Reads a custody receipt. Throws the codes of `openSigned`, or `malformed`. */
export function openCustody(bytes: Uint8Array, keyOf: KeyOf): Custody {
  const field = openFields(custodyContext, bytes, keyOf)
  return { ...readAbout(field), unitHash: bytesOf(field(5), "the unit hash", digestBytes) }
}

/** A signed refusal, exact bytes. By the gateway, or by the exchange for what it cannot open. */
export function signRefusal(key: SigningKey, refused: RefusedEnvelope): Uint8Array {
  return signFields(refusalContext, key, [...about(refused), codeOf(refused.code)])
}

/** Reads a refusal. Throws the codes of `openSigned`, or `malformed`. */
export function openRefusal(bytes: Uint8Array, keyOf: KeyOf): RefusedEnvelope {
  const field = openFields(refusalContext, bytes, keyOf)
  return { ...readAbout(field), code: codeOf(textOf(field(5), "the refusal code", 64)) }
}

function codeOf(code: string): string {
  return codeForm.test(code) ? code : "unspecified"
}

function about(it: Omit<Custody, "unitHash">): Value[] {
  return [it.digest, it.sender, it.recipient, it.atMs]
}

function readAbout(field: (key: number) => Value): Omit<Custody, "unitHash"> {
  return {
    digest: bytesOf(field(1), "the digest", digestBytes),
    sender: bytesOf(field(2), "the sender", organisationBytes),
    recipient: bytesOf(field(3), "the addressee", organisationBytes),
    atMs: integerOf(field(4), "the time"),
  }
}

function signFields(context: SignatureContext, key: SigningKey, fields: Value[]): Uint8Array {
  const payload = encode(new Map(fields.map((field, at) => [at + 1, field])))
  return signPayload(context, key, payload)
}

function openFields(
  context: SignatureContext,
  bytes: Uint8Array,
  keyOf: KeyOf,
): (key: number) => Value {
  return fieldsOf(decode(openSigned(bytes, context, keyOf)), 5, "the receipt")
}
