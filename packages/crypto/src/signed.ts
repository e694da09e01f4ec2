/**
 * The signed object: the CBOR array [context, key id, payload bytes, signature].
 *
 * The signature covers the payload _bytes_ under the context, one context for each kind of object:
 * a receipt can never be taken for a warning. Whoever verifies uses the bytes as they were received
 * and decodes them afterwards; nothing is ever encoded again in order to verify it.
 */

import { decode, encode } from "./canonical.ts"
import {
  type SigningKey,
  type VerifyingKey,
  keyIdBytes,
  sign,
  signatureBytes,
  verify,
} from "./composite.ts"
import { CryptoError, refuseUnless } from "./crypto-error.ts"

/** A signature context: `tearline/<kind>/v1`, of a message kind or of a kind of statement. */
export type SignatureContext = `tearline/${string}/v1`

/** The context of a kind: lower-case words joined by hyphens. Throws `not_encodable`. */
export function contextOf(kind: string): SignatureContext {
  refuseUnless(kindForm.test(kind), "not_encodable", "a kind is lower-case words with hyphens")
  return `tearline/${kind}/v1`
}

const kindForm = /^[a-z]{1,24}(?:-[a-z]{1,24}){0,3}$/
const contextForm = /^tearline\/([a-z-]{1,64})\/v1$/

/** A signed object taken apart, not yet verified. */
export interface SignedParts {
  readonly context: string
  readonly keyId: Uint8Array
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

/** Finds the key of an id, or undefined if that key is not trusted for this purpose and time. */
export type KeyOf = (keyId: Uint8Array) => VerifyingKey | undefined

/** Signs payload bytes under a context. The result is kept and sent exactly as it is. */
export function signPayload(
  context: SignatureContext,
  key: SigningKey,
  payload: Uint8Array,
): Uint8Array {
  return encode([context, key.verifying.id, payload, sign(context, key, payload)])
}

/** Takes a signed object apart without verifying it. Throws `not_canonical` or `malformed`. */
export function signedParts(bytes: Uint8Array): SignedParts {
  const value = decode(bytes, { depthMax: 1, itemsMax: 6 })
  if (Array.isArray(value) && value.length === 4) {
    const [context, keyId, payload, signature] = value as unknown[]
    if (
      typeof context === "string" &&
      isBytes(keyId, keyIdBytes) &&
      payload instanceof Uint8Array &&
      isBytes(signature, signatureBytes)
    ) {
      return { context, keyId, payload, signature }
    }
  }
  throw new CryptoError("malformed", "a signed object is [context, key id, payload, signature]")
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length
}

/**
 * The payload bytes of a signed object whose signature holds under the expected context. Throws
 * `wrong_context`, `unknown_key` or `bad_signature`, beside those of {@link signedParts}.
 */
export function openSigned(
  bytes: Uint8Array,
  expected: SignatureContext,
  keyOf: KeyOf,
): Uint8Array {
  const parts = signedParts(bytes)
  refuseUnless(parts.context === expected, "wrong_context", `the object is not a ${expected}`)
  return verified(parts, keyOf)
}

/** The payload bytes of parts whose signature holds under the context that they name. */
export function verified(parts: SignedParts, keyOf: KeyOf): Uint8Array {
  const key = keyOf(parts.keyId)
  if (key === undefined) {
    throw new CryptoError("unknown_key", "no trusted key has the id that the object names")
  }
  refuseUnless(
    Buffer.compare(key.id, parts.keyId) === 0 &&
      verify(parts.context, key, parts.payload, parts.signature),
    "bad_signature",
    "the signature does not hold for these bytes",
  )
  return parts.payload
}

/** The kind that a context names. Throws `wrong_context` for a context that names none. */
export function kindOf(context: string): string {
  const kind = contextForm.exec(context)?.[1]
  if (kind === undefined || !kindForm.test(kind)) {
    throw new CryptoError("wrong_context", "the object's context names no kind of message")
  }
  return kind
}
