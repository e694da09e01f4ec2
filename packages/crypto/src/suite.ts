/**
 * Suite 1: the constants of a community, compared and never negotiated, and its hash and key
 * derivation.
 */

import { hash, hkdfSync } from "node:crypto"

/** The version of header, slot and unit. */
export const formatVersion = 1
/** MLKEM768-X25519 / HKDF-SHA256 / AES-256-GCM, ML-DSA-65 with Ed25519. */
export const suiteId = 1

/** SHA-256 of the parts joined. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  return hash("sha256", parts.length === 1 && only !== undefined ? only : join(parts), "buffer")
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** 32 bytes derived from a message secret for one purpose: HKDF-SHA256 without salt. */
function derived(messageSecret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", messageSecret, new Uint8Array(0), purpose, 32))
}

const commitPurpose = "tearline/v1/commit"
const bodyPurpose = "tearline/v1/body"

/** `kc`: shows that every addressee was given the same message secret. */
export function commitmentOf(messageSecret: Uint8Array): Uint8Array {
  return derived(messageSecret, commitPurpose)
}

/** `bk`: the key of exactly one body. */
export function bodyKeyOf(messageSecret: Uint8Array): Uint8Array {
  return derived(messageSecret, bodyPurpose)
}
