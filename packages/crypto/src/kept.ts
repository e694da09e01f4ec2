/**
 * A message as each side keeps it after its envelope is gone: the signed object, the private part,
 * and what shows that the one covers the other. It verifies by itself, whoever gives it back.
 */

import { type AudienceOpening, isInAudience } from "./audience.ts"
import { decode, encode } from "./canonical.ts"
import type { VerifyingKey } from "./composite.ts"
import { refuseUnless } from "./crypto-error.ts"
import { openMessage, messageIdOf, type Statement } from "./envelope.ts"
import { bytesOf, integerOf, itemsOf, mapOf } from "./form.ts"
import { digestBytes } from "./header.ts"

const pathBytes = 256

/** The exact bytes that are kept of an audience opening: [salt, index, path]. */
export function encodeOpening({ salt, index, path }: AudienceOpening): Uint8Array {
  return encode([salt, index, path])
}

function decodeOpening(bytes: Uint8Array): AudienceOpening {
  const value = decode(bytes, { bytesMax: 1_024, depthMax: 1, itemsMax: 4 })
  const [salt, index, path] = itemsOf(value, 3, "the audience opening")
  return {
    salt: bytesOf(salt, "the salt", digestBytes),
    index: integerOf(index, "the index", 0, 255),
    path: bytesOf(path, "the path", pathBytes),
  }
}

export interface KeptMessage {
  readonly signedObject: Uint8Array
  /** The part that was sealed to `addressee`, and its opening. */
  readonly privatePart: Uint8Array
  readonly opening: Uint8Array
  readonly addressee: Uint8Array
}

/** A kept message whose signature holds for its part too. */
export interface OpenedKept {
  readonly messageId: string
  readonly kind: string
  readonly statement: Statement
  readonly privatePart: Statement
}

/** Verifies a kept message. Throws the codes of `openMessage`, `not_in_audience`, `malformed`. */
export function openKept(
  { signedObject, privatePart, opening, addressee }: KeptMessage,
  exchangeKeyOf: (keyId: Uint8Array) => VerifyingKey | undefined,
): OpenedKept {
  const { kind, payload, audience, statement } = openMessage(signedObject, exchangeKeyOf)
  refuseUnless(
    isInAudience(audience, { org: addressee, privatePart }, decodeOpening(opening)),
    "not_in_audience",
    "the signed content was not addressed so, with this private part",
  )
  const part = mapOf(decode(privatePart), "the private part")
  return { messageId: messageIdOf(payload), kind, statement, privatePart: part }
}
