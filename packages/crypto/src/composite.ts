/**
 * Composite signatures: ML-DSA-65 and Ed25519 over one message, both valid or none.
 *
 * The construction is that of draft-ietf-lamps-pq-composite-sigs-19 (MLDSA65-Ed25519-SHA512). Both
 * parts sign the same representative, Prefix ‖ Label ‖ length of context ‖ context ‖ SHA-512 of the
 * message, so that neither can be cut out and used alone. A composite signature can be remade by
 * anyone who may remake its Ed25519 part: it identifies nothing. Never use one, or its hash, as an
 * id.
 */

import {
  type KeyObject,
  createPrivateKey,
  createPublicKey,
  hash,
  randomBytes,
  sign as signNative,
  verify as verifyNative,
} from "node:crypto"

import { CryptoError } from "./crypto-error.ts"

/** The bytes of a composite signature: ML-DSA-65, then Ed25519. */
export const signatureBytes = 3373
/** The bytes of a composite public key: ML-DSA-65, then Ed25519. */
export const publicKeyBytes = 1984
/** The bytes of a serialised signing key: two seeds. */
const signingKeySeedBytes = 64
/** The bytes of a key id. */
export const keyIdBytes = 16

const latticeSignatureBytes = 3309
const latticePublicKeyBytes = 1952
const seedBytes = 32
const contextBytesMax = 255

const label = Buffer.from("COMPSIG-MLDSA65-Ed25519-SHA512")
const prefixAndLabel = Buffer.concat([Buffer.from("CompositeAlgorithmSignatures2025"), label])

/** A key that verifies. The key objects are parsed once and kept. */
export interface VerifyingKey {
  /** The first 16 bytes of SHA-256 of the public key. */
  readonly id: Uint8Array
  readonly publicKey: Uint8Array
  readonly lattice: KeyObject
  readonly curve: KeyObject
}

/** A key that signs, together with its verifying key. Never leaves its process. */
export interface SigningKey {
  readonly verifying: VerifyingKey
  readonly lattice: KeyObject
  readonly curve: KeyObject
}

/** A fresh signing key; `random` returns that many unpredictable bytes. */
export function generateSigningKey(
  random: (bytes: number) => Uint8Array = randomBytes,
): SigningKey {
  return signingKeyFromSeed(random(signingKeySeedBytes))
}

/** The signing key of 64 bytes: ML-DSA-65 seed, then Ed25519 seed. Throws `bad_key`. */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  if (seed.length !== signingKeySeedBytes) {
    throw new CryptoError("bad_key", `a signing key has 64 bytes and not ${seed.length}`)
  }
  const lattice = createPrivateKey({
    key: Buffer.from(seed.subarray(0, seedBytes)),
    format: "raw-seed",
    asymmetricKeyType: "ml-dsa-65",
  })
  const curve = createPrivateKey({
    key: Buffer.from(seed.subarray(seedBytes)),
    format: "raw-private",
    asymmetricKeyType: "ed25519",
  })
  const publicKey = Buffer.concat([rawPublicKey(lattice), rawPublicKey(curve)])
  return { verifying: verifyingKeyFrom(publicKey), lattice, curve }
}

function rawPublicKey(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: "raw-public" })
}

/** The 64 bytes of a signing key, for its sealed store. A secret. */
export function seedOfSigningKey(key: SigningKey): Uint8Array {
  return Buffer.concat([
    key.lattice.export({ format: "raw-seed" }),
    key.curve.export({ format: "raw-private" }),
  ])
}

/** The verifying key of 1984 bytes. Throws `bad_key`. */
export function verifyingKeyFrom(publicKey: Uint8Array): VerifyingKey {
  if (publicKey.length !== publicKeyBytes) {
    throw new CryptoError("bad_key", `a public key has 1984 bytes and not ${publicKey.length}`)
  }
  const bytes = Buffer.from(publicKey)
  return {
    id: keyIdOf(bytes),
    publicKey: bytes,
    lattice: publicPart(bytes.subarray(0, latticePublicKeyBytes), "ml-dsa-65"),
    curve: publicPart(bytes.subarray(latticePublicKeyBytes), "ed25519"),
  }
}

function publicPart(key: Buffer, asymmetricKeyType: "ml-dsa-65" | "ed25519"): KeyObject {
  try {
    return createPublicKey({ key, format: "raw-public", asymmetricKeyType })
  } catch (cause) {
    throw new CryptoError("bad_key", `the ${asymmetricKeyType} part is no public key`, { cause })
  }
}

/** The id of a composite public key: the first 16 bytes of its SHA-256. */
export function keyIdOf(publicKey: Uint8Array): Uint8Array {
  return hash("sha256", publicKey, "buffer").subarray(0, keyIdBytes)
}

/** Signs a message under a context of at most 255 bytes. The signature is randomised. */
export function sign(context: string, key: SigningKey, message: Uint8Array): Uint8Array {
  const representative = representativeOf(Buffer.from(context), message)
  return Buffer.concat([
    signNative(null, representative, { key: key.lattice, context: label }),
    signNative(null, representative, key.curve),
  ])
}

/** Whether both parts of the signature hold for the message under the context. Never throws. */
export function verify(
  context: string,
  key: VerifyingKey,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== signatureBytes) return false
  const representative = representativeOf(Buffer.from(context), message)
  const latticePart = signature.subarray(0, latticeSignatureBytes)
  const curvePart = signature.subarray(latticeSignatureBytes)
  // The cheaper half first; either one failing refuses the whole.
  return (
    verifyNative(null, representative, key.curve, curvePart) &&
    verifyNative(null, representative, { key: key.lattice, context: label }, latticePart)
  )
}

function representativeOf(context: Buffer, message: Uint8Array): Buffer {
  if (context.length > contextBytesMax) {
    throw new CryptoError("not_encodable", `a context of ${context.length} bytes: 255 at most`)
  }
  const digest = hash("sha512", message, "buffer")
  return Buffer.concat([prefixAndLabel, Uint8Array.of(context.length), context, digest])
}
