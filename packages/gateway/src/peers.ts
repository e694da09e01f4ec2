/** The peers as the gateway sees them: by pin when they call, by key when they sign, by id. */

import type { OrgId } from "@tearline/core"
import { type VerifyingKey, decode, verifyingKeyFrom } from "@tearline/crypto"
import type { GatewayPeer } from "@tearline/store/gateway"

import { pinForm } from "./config.ts"
import { GatewayError } from "./gateway-error.ts"

/** A gateway key and whose it is. */
export interface Signer {
  readonly org: OrgId
  readonly key: VerifyingKey
}

/** A frozen peer is still listed, so that a departure to it is told from one to a stranger. */
export class Peers {
  #byOrg = new Map<string, GatewayPeer>()
  #byPin = new Map<string, GatewayPeer>()
  #keys = new Map<string, VerifyingKey>()
  #signers = new Map<string, Signer>()

  /** Throws `bad_key` of crypto when a gateway key is none; the view then stays as it was. */
  replace(peers: readonly GatewayPeer[]): void {
    const trusted = peers.filter((it) => !it.isFrozen)
    const keys = trusted.flatMap(({ org, gatewayKeys }) =>
      gatewayKeys.map(verifyingKeyFrom).map((key) => [keyName(org, key.id), key] as const),
    )
    this.#keys = new Map(keys)
    this.#signers = new Map(
      trusted.flatMap(({ org, gatewayKeys }) =>
        gatewayKeys.map(verifyingKeyFrom).map((key) => [hexOf(key.id), { org, key }] as const),
      ),
    )
    this.#byOrg = new Map(peers.map((it) => [it.org, it]))
    this.#byPin = new Map(trusted.flatMap((it) => it.pins.map((pin) => [pin, it] as const)))
  }

  get count(): number {
    return this.#byOrg.size
  }

  /** The peer that shows this pin; undefined when nobody does, or only one that is frozen. */
  byPin(pin: string | undefined): GatewayPeer | undefined {
    return pin === undefined ? undefined : this.#byPin.get(pin)
  }

  byOrg(org: string): GatewayPeer | undefined {
    return this.#byOrg.get(org)
  }

  /** Whose gateway key has that id, if it is trusted now. */
  signerOf(keyId: Uint8Array): Signer | undefined {
    return this.#signers.get(hexOf(keyId))
  }

  /** The gateway key of that sender with that id, if it is trusted now. */
  keyOf(sender: Uint8Array, keyId: Uint8Array): VerifyingKey | undefined {
    return this.#keys.get(keyName(hexOf(sender), keyId))
  }
}

function keyName(org: string, keyId: Uint8Array): string {
  return `${org}/${hexOf(keyId)}`
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}

/** Of any list that the exchange sends. */
export const listBytesMax: number = 4 * 1024 * 1024

/** Reads the list that the exchange sends: a CBOR array of maps. Throws `malformed`. */
export function decodePeers(bytes: Uint8Array): readonly GatewayPeer[] {
  const list = decode(bytes, { bytesMax: listBytesMax })
  if (!Array.isArray(list)) throw malformed("the list")
  return list.map((it) => peerOf(it as Readonly<Record<string, unknown>> | null))
}

function peerOf(fields: Readonly<Record<string, unknown>> | null): GatewayPeer {
  if (typeof fields !== "object" || fields === null) throw malformed("a peer")
  const { org, gatewayKeys, pins, endpoint, isFrozen, carrier } = fields
  if (typeof org !== "string" || !/^[0-9a-f]{32}$/.test(org)) throw malformed("org")
  if (!isListOf(gatewayKeys, (it) => it instanceof Uint8Array)) throw malformed("gatewayKeys")
  if (!isListOf(pins, (it) => typeof it === "string" && pinForm.test(it))) throw malformed("pins")
  if (typeof endpoint !== "string" || !isEndpoint(endpoint)) throw malformed("endpoint")
  if (typeof isFrozen !== "boolean") throw malformed("isFrozen")
  if (carrier !== "https" && carrier !== "file") throw malformed("carrier")
  return {
    org: org as OrgId,
    gatewayKeys: gatewayKeys as Uint8Array[],
    pins: pins as string[],
    endpoint,
    isFrozen,
    carrier,
  }
}

function isListOf(value: unknown, holds: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds)
}

/** Only an origin: no path, no account, nothing that could hold more than an address. */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && url.protocol === "https:" && `https://${url.host}` === text
}

function malformed(what: string): GatewayError {
  return new GatewayError(
    "malformed",
    `${what} of the peers has another form: see spec/carriage.md`,
  )
}
