/** Organisations with all that a gateway and its callers need, and the units between them. */

import type { Lane, OrgId } from "@tearline/core"
import {
  type KemKey,
  type SigningKey,
  type Value,
  decode,
  encode,
  generateKemSeed,
  generateSigningKey,
  kemKeyFromSeed,
  sealEnvelope,
  seedOfSigningKey,
  signOuter,
} from "@tearline/crypto"

import {
  type GatewayConfig,
  type ListenerConfig,
  type TlsIdentity,
  selfSignedIdentity,
} from "../src/index.ts"

export interface Organisation {
  readonly org: OrgId
  readonly exchange: SigningKey
  readonly gateway: SigningKey
  readonly kem: KemKey
  /** What its gateway shows to peers, to its exchange, and what its exchange shows. */
  readonly outerTls: TlsIdentity & { readonly pin: string }
  readonly innerTls: TlsIdentity & { readonly pin: string }
  readonly exchangeTls: TlsIdentity & { readonly pin: string }
}

export async function organisation(): Promise<Organisation> {
  const root = generateSigningKey()
  return {
    org: toHex(root.verifying.id) as OrgId,
    exchange: generateSigningKey(),
    gateway: generateSigningKey(),
    kem: await kemKeyFromSeed(generateKemSeed()),
    outerTls: selfSignedIdentity(),
    innerTls: selfSignedIdentity(),
    exchangeTls: selfSignedIdentity(),
  }
}

export interface Ports {
  readonly outer?: number
  readonly inner?: number
}

function listener(tls: TlsIdentity, port = 0): ListenerConfig {
  return { host: "127.0.0.1", port, tls }
}

export function configOf(own: Organisation, databaseUrl: string, ports: Ports = {}): GatewayConfig {
  return {
    org: own.org,
    gatewayKey: Buffer.from(seedOfSigningKey(own.gateway)).toString("base64"),
    outer: listener(own.outerTls, ports.outer),
    inner: { ...listener(own.innerTls, ports.inner), exchangePin: own.exchangeTls.pin },
    databaseUrl,
  }
}

/** A peer as an exchange tells its gateway of it. */
export function peerEntry(
  peer: Organisation,
  changes: { readonly port?: number; readonly isFrozen?: boolean } = {},
): Record<string, Value> {
  return {
    org: peer.org,
    gatewayKeys: [peer.gateway.verifying.publicKey],
    pins: [peer.outerTls.pin],
    endpoint: `https://127.0.0.1:${changes.port ?? 1}`,
    isFrozen: changes.isFrozen ?? false,
    carrier: "https",
  }
}

export interface UnitOptions {
  readonly lane?: Lane
  readonly text?: string
}

/** A unit as an exchange hands it over: without outer signature. */
export async function unsignedUnits(
  from: Organisation,
  to: readonly Organisation[],
  options: UnitOptions = {},
): Promise<readonly Uint8Array[]> {
  const lane = options.lane ?? 3
  const { units } = await sealEnvelope({
    sender: Buffer.from(from.org, "hex"),
    exchangeKey: from.exchange,
    kind: "warning",
    statement: { what: options.text ?? "an attack is prepared" },
    precedence: lane,
    createdSeconds: 1_800_000_000,
    deliverBefore: null,
    gatewayKeyId: from.gateway.verifying.id,
    addressees: to.map((it) => ({
      org: Buffer.from(it.org, "hex"),
      kem: it.kem.public,
      epoch: 1,
      lane,
      number: 1,
      previousSlotHash: null,
      privatePart: { thread: "00" },
    })),
  })
  return units
}

/** A unit as one gateway sends it to another. */
export async function signedUnit(
  from: Organisation,
  to: Organisation,
  options: UnitOptions = {},
): Promise<Uint8Array> {
  const [unit] = await unsignedUnits(from, [to], options)
  return signOuter(from.gateway, unit ?? new Uint8Array())
}

/** The unit with one item of it changed: 0 header, 1 body, 2 outer signature, 3 slot. */
export function withItem(
  unit: Uint8Array,
  at: number,
  change: (item: Uint8Array) => Value,
): Uint8Array {
  const items = [...(decode(unit, { bytesMax: 2 ** 21 }) as Value[])]
  items[at] = change(items[at] as Uint8Array)
  return encode(items)
}

/** The unit with one numbered field of its header changed. */
export function withHeaderField(unit: Uint8Array, field: number, value: Value): Uint8Array {
  return withItem(unit, 0, (header) => {
    const fields = new Map(decode(header) as ReadonlyMap<number, Value>)
    return encode(fields.set(field, value))
  })
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}
