/** The header of an envelope: all that both gateways may know. spec/envelope.md 2. */

import { type Value, decode, encode } from "./canonical.ts"
import { keyIdBytes } from "./composite.ts"
import { refuseUnless } from "./crypto-error.ts"
import { bytesOf, fieldsOf, integerOf, nullOr } from "./form.ts"
import { formatVersion, suiteId } from "./suite.ts"

/** The number of a precedence; the lowest goes first. */
export type Precedence = 0 | 1 | 2 | 3

/** The header's fields. Times are whole seconds since 1970. */
export interface Header {
  readonly sender: Uint8Array
  readonly nonce: Uint8Array
  readonly createdSeconds: number
  /** Null for what is delivered however late: warnings, updates, corrections, recalls. */
  readonly deliverBefore: number | null
  readonly precedence: Precedence
  /** `kc`, the commitment to the message secret. */
  readonly commitment: Uint8Array
  readonly bodyBytes: number
  readonly gatewayKeyId: Uint8Array
}

/** The bytes of an organisation's id, of a nonce and of every hash. */
export const organisationBytes = 16
export const nonceBytes = 16
export const digestBytes = 32

const headerBytesMax = 512

/** The canonical bytes of a header. */
export function encodeHeader(header: Header): Uint8Array {
  const fields: Value[] = [
    formatVersion,
    suiteId,
    header.sender,
    header.nonce,
    header.createdSeconds,
    header.deliverBefore,
    header.precedence,
    header.commitment,
    header.bodyBytes,
    header.gatewayKeyId,
  ]
  return encode(new Map(fields.map((field, at) => [at + 1, field])))
}

/**
 * Reads a header. Throws `unknown_version` or `unknown_suite` before it looks at anything that
 * another version might have changed, `malformed` for fields of another shape.
 */
export function decodeHeader(bytes: Uint8Array): Header {
  const value = decode(bytes, { bytesMax: headerBytesMax, depthMax: 1, itemsMax: 21 })
  const version = value instanceof Map ? (value as ReadonlyMap<number, Value>).get(1) : undefined
  refuseUnless(version === formatVersion, "unknown_version", "the header is of another version")
  const suite = (value as ReadonlyMap<number, Value>).get(2)
  refuseUnless(suite === suiteId, "unknown_suite", "the header names another suite than suite 1")
  const field = fieldsOf(value, 10, "the header")
  return {
    sender: bytesOf(field(3), "the sender", organisationBytes),
    nonce: bytesOf(field(4), "the nonce", nonceBytes),
    createdSeconds: integerOf(field(5), "the time of creation"),
    deliverBefore: nullOr(field(6), (it) => integerOf(it, "deliver-before")),
    precedence: integerOf(field(7), "the precedence", 0, 3) as Precedence,
    commitment: bytesOf(field(8), "the key commitment", digestBytes),
    bodyBytes: integerOf(field(9), "the body length"),
    gatewayKeyId: bytesOf(field(10), "the gateway key id", keyIdBytes),
  }
}
