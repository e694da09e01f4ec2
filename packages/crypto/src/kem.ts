/**
 * Sealing to one key: HPKE base mode, MLKEM768-X25519 / HKDF-SHA256 / AES-256-GCM (RFC 9180,
 * draft-ietf-hpke-pq-05, KEM 0x647A).
 *
 * One message for each encapsulation, always: the contexts of HPKE that seal several messages are
 * where its implementations have reused nonces. Authentication comes from signatures, never from
 * "only they know the key".
 */

import { randomBytes } from "node:crypto"

import { CipherSuite, KEM_MLKEM768_X25519, type Key } from "hpke"

import { CryptoError } from "./crypto-error.ts"
import { aes256Gcm, hkdfSha256 } from "./hpke-parts.ts"
import { sha256 } from "./suite.ts"

/** The bytes of a KEM seed, of a public key, of an encapsulation and of a prekey id. */
const kemSeedBytes = 32
export const kemPublicKeyBytes = 1216
export const encapsulationBytes = 1120
export const prekeyIdBytes = 8

const suite = new CipherSuite(KEM_MLKEM768_X25519, hkdfSha256, aes256Gcm)

/** A key that can be sealed to. */
export interface KemPublicKey {
  /** The first 8 bytes of SHA-256 of the public key. */
  readonly id: Uint8Array
  readonly publicKey: Uint8Array
  readonly key: Readonly<Key>
}

/** A key that opens. Its secret cannot be exported: the seed is kept, sealed, by the caller. */
export interface KemKey {
  readonly public: KemPublicKey
  readonly key: Readonly<Key>
}

/** A fresh seed, from which {@link kemKeyFromSeed} makes the key. */
export function generateKemSeed(random: (bytes: number) => Uint8Array = randomBytes): Uint8Array {
  return random(kemSeedBytes)
}

/** The key of a 32-byte seed, by HPKE's DeriveKeyPair. Throws `bad_key`. */
export async function kemKeyFromSeed(seed: Uint8Array): Promise<KemKey> {
  if (seed.length !== kemSeedBytes) {
    throw new CryptoError("bad_key", `a KEM seed has 32 bytes and not ${seed.length}`)
  }
  const pair = await suite.DeriveKeyPair(seed)
  const publicKey = await suite.SerializePublicKey(pair.publicKey)
  return { public: named(publicKey, pair.publicKey), key: pair.privateKey }
}

/**
 * The public key of 1216 bytes. Throws `bad_key`, also where nothing can be sealed to it: a point
 * of small order has the form of a key, and would show only when a warning is to leave.
 */
export async function kemPublicKeyFrom(publicKey: Uint8Array): Promise<KemPublicKey> {
  const read = await deserialized(publicKey)
  await sealTo(read, new Uint8Array(), new Uint8Array())
  return read
}

async function deserialized(publicKey: Uint8Array): Promise<KemPublicKey> {
  try {
    return named(publicKey, await suite.DeserializePublicKey(publicKey))
  } catch (cause) {
    throw new CryptoError("bad_key", "the bytes are no KEM public key", { cause })
  }
}

function named(publicKey: Uint8Array, key: Readonly<Key>): KemPublicKey {
  return { id: prekeyIdOf(publicKey), publicKey, key }
}

/** The id of a prekey: the first 8 bytes of SHA-256 of its public key. */
export function prekeyIdOf(publicKey: Uint8Array): Uint8Array {
  return sha256(publicKey).subarray(0, prekeyIdBytes)
}

/** What sealing gives: the encapsulation and the ciphertext. */
export interface KemSealed {
  readonly encapsulation: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Seals one plaintext to one key, bound to `info`. Throws `bad_key` if nothing can be sealed to it. */
export async function sealTo(
  to: KemPublicKey,
  info: Uint8Array,
  plaintext: Uint8Array,
): Promise<KemSealed> {
  try {
    const { encapsulatedSecret, ciphertext } = await suite.Seal(to.key, plaintext, { info })
    return { encapsulation: encapsulatedSecret, ciphertext }
  } catch (cause) {
    throw new CryptoError("bad_key", "nothing can be sealed to this public key", { cause })
  }
}

/** Opens what was sealed to this key under exactly this `info`. Throws `cannot_open`. */
export async function openWith(
  key: KemKey,
  info: Uint8Array,
  sealed: KemSealed,
): Promise<Uint8Array> {
  try {
    return await suite.Open(key.key, sealed.encapsulation, sealed.ciphertext, { info })
  } catch (cause) {
    throw new CryptoError("cannot_open", "the slot does not open with this key", { cause })
  }
}
