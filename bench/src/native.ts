/**
 * The cryptography that one delivery must do, run alone: the reference that its CPU is held
 * against.
 *
 * A delivery is a warning, the automatic receipt `unsealed` and the human receipt `read`: three
 * envelopes. The list says what suite 1 asks of both sides for each; nothing else is in it, no
 * storage, no transport, no encoding.
 */

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"

import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_MLKEM768_X25519 } from "hpke"

import { generateSigningKey, sign, verify } from "@tearline/crypto"

import { ownCpuMs } from "./process-table.ts"

/** How often each operation is done for one envelope, over both sides. */
const perEnvelope = {
  /** By the sender's exchange, the sender's gateway, and for custody by the receiver's gateway. */
  "composite signature made": 3,
  /**
   * Outer by gateway and exchange, inner by the exchange, custody by the exchanges of both sides.
   * That of the receiver's own gateway is our choice and not the protocol's: without it, 4.
   */
  "composite signature checked": 5,
  "HPKE sealed (MLKEM768-X25519)": 1,
  "HPKE opened (MLKEM768-X25519)": 1,
  "body encrypted (AES-256-GCM)": 1,
  "body decrypted (AES-256-GCM)": 1,
} as const

const envelopesOfDelivery = 3

type NativeOperation = keyof typeof perEnvelope

interface NativeCost {
  readonly operation: NativeOperation
  readonly count: number
  /** CPU milliseconds of one operation. */
  readonly eachMs: number
}

export interface NativeReference {
  readonly costs: readonly NativeCost[]
  /** CPU milliseconds of one delivery's operations. */
  readonly deliveryMs: number
}

const bodyBytes = 8 * 1024

async function cpuMsOf(rounds: number, work: () => unknown): Promise<number> {
  // Once round without counting: keys are parsed and code is compiled.
  for (let round = 0; round < rounds / 4; round += 1) await work()
  const startMs = ownCpuMs()
  for (let round = 0; round < rounds; round += 1) await work()
  return (ownCpuMs() - startMs) / rounds
}

function bodyCipher(key: Uint8Array, body: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, new Uint8Array(12))
  return Buffer.concat([cipher.update(body), cipher.final(), cipher.getAuthTag()])
}

function bodyDecipher(key: Uint8Array, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, new Uint8Array(12), { authTagLength: 16 })
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
}

/** The work of each operation, on material of the size that a warning has. */
async function operations(): Promise<Record<NativeOperation, () => unknown>> {
  const signing = generateSigningKey()
  const message = randomBytes(2_048)
  const signature = sign("tearline/warning/v1", signing, message)
  const suite = new CipherSuite(KEM_MLKEM768_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM)
  const pair = await suite.DeriveKeyPair(randomBytes(32))
  const slot = randomBytes(1_024)
  const info = randomBytes(128)
  const sealed = await suite.Seal(pair.publicKey, slot, { info })
  const key = randomBytes(32)
  const body = randomBytes(bodyBytes)
  const sealedBody = bodyCipher(key, body)
  return {
    "composite signature made": () => sign("tearline/warning/v1", signing, message),
    "composite signature checked": () =>
      verify("tearline/warning/v1", signing.verifying, message, signature),
    "HPKE sealed (MLKEM768-X25519)": () => suite.Seal(pair.publicKey, slot, { info }),
    "HPKE opened (MLKEM768-X25519)": () =>
      suite.Open(pair.privateKey, sealed.encapsulatedSecret, sealed.ciphertext, { info }),
    "body encrypted (AES-256-GCM)": () => bodyCipher(key, body),
    "body decrypted (AES-256-GCM)": () => bodyDecipher(key, sealedBody),
  }
}

/** Measures the reference: CPU of this process, all threads. */
export async function measureNative(rounds: number): Promise<NativeReference> {
  const costs: NativeCost[] = []
  for (const [operation, work] of Object.entries(await operations())) {
    // The keys of `operations` are those of `perEnvelope`, by its type.
    const name = operation as NativeOperation
    const count = perEnvelope[name] * envelopesOfDelivery
    costs.push({ operation: name, count, eachMs: await cpuMsOf(rounds, work) })
  }
  const deliveryMs = costs.reduce((sum, it) => sum + it.count * it.eachMs, 0)
  return { costs, deliveryMs }
}
