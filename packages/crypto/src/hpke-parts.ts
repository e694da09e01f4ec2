/**
 * Key derivation and cipher as HPKE asks for them, over the platform's HMAC and AES-GCM.
 *
 * The library has the same over WebCrypto, where each HMAC of some hundred bytes is a job for
 * another thread: a slot takes a dozen, and the ways there and back cost more than the arithmetic,
 * most of all on a machine that is busy. docs/decisions/0005-cryptographic-libraries.md.
 */

import { createCipheriv, createDecipheriv, createHmac } from "node:crypto"

import { AEAD_AES_256_GCM, type AEAD, KDF_HKDF_SHA256, type KDF } from "hpke"

const hashBytes = 32
const outputBytesMax = 255 * hashBytes
const algorithm = "aes-256-gcm"
const tagBytes = 16

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac("sha256", key)
  for (const part of parts) mac.update(part)
  return new Uint8Array(mac.digest())
}

function expanded(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (prk.length < hashBytes || length > outputBytesMax) {
    throw new RangeError("HKDF expands a key of a hash's length to 255 hashes at most")
  }
  const output = new Uint8Array(length)
  let block: Uint8Array = new Uint8Array(0)
  for (let at = 0, count = 1; at < length; at += hashBytes, count += 1) {
    block = hmac(prk, block, info, Uint8Array.of(count))
    output.set(block.subarray(0, length - at), at)
  }
  return output
}

/** HKDF-SHA256, RFC 5869. */
export const hkdfSha256 = (): KDF => ({
  ...KDF_HKDF_SHA256(),
  Extract: async (salt, keyMaterial) => hmac(salt, keyMaterial),
  Expand: async (prk, info, length) => expanded(prk, info, length),
})

/** AES-256-GCM, the tag behind the ciphertext. Opening throws where the tag does not hold. */
export const aes256Gcm = (): AEAD => ({
  ...AEAD_AES_256_GCM(),
  async Seal(key, nonce, additional, plaintext) {
    const cipher = createCipheriv(algorithm, key, nonce)
    cipher.setAAD(additional)
    const sealed = [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]
    return new Uint8Array(Buffer.concat(sealed))
  },
  async Open(key, nonce, additional, sealed) {
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(additional)
    decipher.setAuthTag(sealed.subarray(-tagBytes))
    const opened = [decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]
    return new Uint8Array(Buffer.concat(opened))
  },
})
