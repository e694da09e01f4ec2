/** Two organisations with all their keys, the same in every run: Alder says things, Birch reads. */

import type { MessageId, OrgId, ThreadId } from "@tearline/core"
import {
  generateKemSeed,
  generateSigningKey,
  kemKeyFromSeed,
  type KemKey,
  type SigningKey,
  type VerifyingKey,
} from "@tearline/crypto"
import { Random } from "@tearline/sim"

export interface Organisation {
  readonly org: Uint8Array
  readonly id: OrgId
  readonly root: SigningKey
  readonly nextRoot: SigningKey
  readonly exchange: SigningKey
  readonly gateway: SigningKey
  readonly kemSeed: Uint8Array
  readonly kem: KemKey
}

async function organisation(name: string): Promise<Organisation> {
  const random = new Random(`organisation/${name}`)
  const bytes = (count: number) => random.bytes(count)
  const root = generateSigningKey(bytes)
  const kemSeed = generateKemSeed(bytes)
  return {
    org: root.verifying.id,
    id: root.verifying.id.toHex() as OrgId,
    root,
    nextRoot: generateSigningKey(bytes),
    exchange: generateSigningKey(bytes),
    gateway: generateSigningKey(bytes),
    kemSeed,
    kem: await kemKeyFromSeed(kemSeed),
  }
}

export const [alder, birch]: readonly [Organisation, Organisation] = await Promise.all([
  organisation("alder"),
  organisation("birch"),
])

/** Finds exactly this key, whoever asks. */
export function onlyKey(key: VerifyingKey): (id: Uint8Array) => VerifyingKey | undefined {
  return (id) => (Buffer.compare(id, key.id) === 0 ? key : undefined)
}

/** The same bytes for the same name, as a nonce or a hash would stand there. */
export function bytesNamed(name: string, count: number): Uint8Array {
  return new Random(name).bytes(count)
}

export const threadNamed = (name: string): ThreadId => bytesNamed(name, 16).toHex() as ThreadId
export const messageNamed = (name: string): MessageId => bytesNamed(name, 32).toHex() as MessageId
