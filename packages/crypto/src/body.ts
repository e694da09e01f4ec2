/**
 * The body: the signed content, padded and encrypted once for all addressees. spec/envelope.md 3.
 *
 * AES-256-GCM under a zero nonce is right only because the key serves exactly one body: it is
 * derived from a message secret that is drawn afresh, and a retry sends the same bytes. The
 * associated data is the hash of the header, so that no header fits another's body.
 */

import { createCipheriv, createDecipheriv } from "node:crypto"

import { CryptoError } from "./crypto-error.ts"
import { framed, paddedBytes, unframed } from "./padding.ts"
import { bodyKeyOf } from "./suite.ts"

const algorithm = "aes-256-gcm"
const zeroNonce = new Uint8Array(12)
const tagBytes = 16
const plaintextBytesMax = 1024 * 1024

/** The length of the body that a signed object of so many bytes will have. Throws `too_large`. */
export function bodyBytesFor(signedBytes: number): number {
  const bytes = paddedBytes(4 + signedBytes)
  if (bytes > plaintextBytesMax) {
    throw new CryptoError(
      "too_large",
      `${signedBytes} bytes do not fit a body: shorten the message`,
    )
  }
  return bytes + tagBytes
}

/** Encrypts the signed object under the message secret. Call once for each message secret. */
export function sealBody(
  messageSecret: Uint8Array,
  headerHash: Uint8Array,
  signedObject: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv(algorithm, bodyKeyOf(messageSecret), zeroNonce)
  cipher.setAAD(headerHash)
  const frame = framed(signedObject, bodyBytesFor(signedObject.length) - tagBytes)
  return Buffer.concat([cipher.update(frame), cipher.final(), cipher.getAuthTag()])
}

/** The signed object in a body. Throws `cannot_open` or `bad_padding`. */
export function openBody(
  messageSecret: Uint8Array,
  headerHash: Uint8Array,
  body: Uint8Array,
): Uint8Array {
  const signedObject = unframed(decrypted(messageSecret, headerHash, body), paddedBytes)
  if (signedObject === undefined) {
    throw new CryptoError("bad_padding", "the body's padding is not the one that its content has")
  }
  return signedObject
}

function decrypted(
  messageSecret: Uint8Array,
  headerHash: Uint8Array,
  body: Uint8Array,
): Uint8Array {
  try {
    const decipher = createDecipheriv(algorithm, bodyKeyOf(messageSecret), zeroNonce, {
      authTagLength: tagBytes,
    })
    decipher.setAAD(headerHash)
    decipher.setAuthTag(body.subarray(-tagBytes))
    const frame = decipher.update(body.subarray(0, -tagBytes))
    decipher.final()
    return frame
  } catch (cause) {
    throw new CryptoError("cannot_open", "the body does not open under this header", { cause })
  }
}
