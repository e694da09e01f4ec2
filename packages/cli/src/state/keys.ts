/** The keys of a new node and the two statements that say which they are. */

import { createHash, randomBytes } from "node:crypto"

import { kinds } from "@tearline/core"
import {
  fingerprint,
  generateKemSeed,
  kemKeyFromSeed,
  seedOfSigningKey,
  generateSigningKey,
  signIdentity,
  type SigningKey,
  signOperations,
} from "@tearline/crypto"
import { selfSignedIdentity } from "@tearline/gateway"

const yearSeconds = 365 * 24 * 60 * 60

export interface KeysOptions {
  readonly name: string
  readonly endpoint: string
  readonly telephone: string
  readonly heartbeatSeconds: number
  /** The preferred one first. */
  readonly carriers: readonly string[]
  readonly nowMs: number
  readonly validFromMs: number
}

export interface NewKeys {
  /** Organisation id in hexadecimal. */
  readonly org: string
  readonly fingerprint: string
  readonly identity: Uint8Array
  readonly operations: Uint8Array
  /** By the name of its file in `secrets/`. */
  readonly secrets: Readonly<Record<string, object>>
}

const seed = (key: SigningKey): object => ({
  seed: Buffer.from(seedOfSigningKey(key)).toString("base64"),
})

/** Makes every key of a node and signs version 1 of its statements. */
export async function makeKeys(options: KeysOptions): Promise<NewKeys> {
  const root = generateSigningKey()
  const nextRoot = generateSigningKey()
  const exchange = generateSigningKey()
  const gateway = generateSigningKey()
  const kemSeed = generateKemSeed()
  const outer = selfSignedIdentity()
  const nextOuter = selfSignedIdentity()
  const org = root.verifying.id
  const nowSeconds = Math.floor(options.nowMs / 1000)
  const identity = signIdentity(root, {
    org,
    name: options.name,
    version: 1,
    previousHash: null,
    rootPublicKey: root.verifying.publicKey,
    nextRootHash: createHash("sha256").update(nextRoot.verifying.publicKey).digest(),
    exchangePublicKey: exchange.verifying.publicKey,
    notBefore: Math.max(0, Math.floor(options.validFromMs / 1000)),
    notAfter: nowSeconds + 10 * yearSeconds,
    status: "active",
    reason: null,
  })
  const operations = signOperations(exchange, {
    org,
    version: 1,
    issuedSeconds: nowSeconds,
    gatewayPublicKey: gateway.verifying.publicKey,
    tlsPin: Buffer.from(outer.pin, "hex"),
    nextTlsPin: Buffer.from(nextOuter.pin, "hex"),
    fallbackKemPublicKey: (await kemKeyFromSeed(kemSeed)).public.publicKey,
    endpoints: [options.endpoint],
    carriers: options.carriers,
    kinds: Object.fromEntries(Object.keys(kinds).map((kind) => [kind, [1]])),
    heartbeatSeconds: options.heartbeatSeconds,
    dutyTelephone: options.telephone,
  })
  return {
    org: Buffer.from(org).toString("hex"),
    fingerprint: fingerprint(root.verifying.publicKey),
    identity,
    operations,
    secrets: {
      root: seed(root),
      "next-root": seed(nextRoot),
      exchange: seed(exchange),
      gateway: seed(gateway),
      kem: { seed: Buffer.from(kemSeed).toString("base64") },
      "tls-outer": outer,
      "tls-outer-next": nextOuter,
      "tls-inner-gateway": selfSignedIdentity(),
      "tls-inner-exchange": selfSignedIdentity(),
      "tls-inner-courier": selfSignedIdentity(),
      desk: { token: randomBytes(32).toString("base64url") },
    },
  }
}
