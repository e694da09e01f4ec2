/**
 * The organisations that we exchange with: verified, compared by people, stored, and told to our
 * gateway, which learns nothing else about them.
 */

import { randomBytes } from "node:crypto"

import {
  agreedCarriage,
  type AgreedCarriage,
  type Clock,
  type Diagnostics,
  type OrgId,
  PeerTeller,
  type Reachable,
} from "@tearline/core"
import { encode, decode, kemPublicKeyFrom, type KemPublicKey } from "@tearline/crypto"
import type { ExchangePeer, ExchangeStore } from "@tearline/store/exchange"

import { codeOf, ExchangeError } from "./exchange-error.ts"
import type { InnerLine } from "./inner-line.ts"
import { asBadInvite, decodeInvite, mustBeCurrent, verify, type Verified } from "./invite.ts"
import { offerOf } from "./peer-list.ts"
import { machineTimers } from "./timers.ts"

/** A peer as the exchange uses it. */
export interface Peer {
  readonly org: OrgId
  readonly name: string
  readonly verified: Verified
  readonly kem: KemPublicKey
  readonly heartbeatMs: number
  /** By which carrier it is reached, and on which terms. */
  readonly carriage: AgreedCarriage
  readonly isFrozen: boolean
  readonly compared: ExchangePeer["compared"]
}

/** What an officer states about a new peer. */
export interface Introduction {
  readonly invite: string
  /** As typed by a person who has compared it. */
  readonly fingerprint: string
  readonly officer: string
  readonly method: string
}

export interface PeersParts {
  readonly own: OrgId
  /** What our own operations statement says. */
  readonly reachable: Reachable
  readonly store: Pick<ExchangeStore, "peers" | "savePeer">
  readonly line: InnerLine
  readonly clock: Clock
  readonly diagnostics: Diagnostics
}

export class Peers {
  readonly #parts: PeersParts
  readonly #byOrg = new Map<OrgId, Peer>()
  readonly #teller: PeerTeller

  constructor(parts: PeersParts) {
    this.#parts = parts
    this.#teller = new PeerTeller({
      offer: offerOf(parts.line, parts.diagnostics),
      chance: { bytes: (count) => new Uint8Array(randomBytes(count)) },
      timers: machineTimers,
    })
  }

  /** Reads what is stored. A peer whose statements do not hold any more is left out, and said so. */
  async load(): Promise<void> {
    for (const stored of await this.#parts.store.peers()) {
      try {
        const identity = decode(stored.identity) as readonly Uint8Array[]
        const verified = verify({ identity, operations: stored.operations }, undefined)
        if (verified.org !== stored.org) throw new ExchangeError("corrupt", "another organisation")
        this.#byOrg.set(stored.org, await this.#peerOf(stored, verified))
      } catch (error) {
        const { diagnostics } = this.#parts
        diagnostics("error", "peer_not_loaded", { peer: stored.org, code: codeOf(error) })
      }
    }
  }

  all(): readonly Peer[] {
    return [...this.#byOrg.values()]
  }

  find(org: OrgId): Peer | undefined {
    return this.#byOrg.get(org)
  }

  /** Throws `unknown_peer`. */
  known(org: OrgId): Peer {
    const peer = this.#byOrg.get(org)
    if (peer !== undefined) return peer
    const message = `${org} is no peer of this node: add it with its invite first`
    throw new ExchangeError("unknown_peer", message)
  }

  /** Takes in a new peer, or newer statements of one. Throws `bad_invite`, `fingerprint_mismatch`. */
  async introduce(it: Introduction): Promise<Peer> {
    const statements = decodeInvite(it.invite)
    const first = verify(statements, undefined)
    if (first.org === this.#parts.own) {
      throw new ExchangeError("bad_invite", "this is the invite of this node itself")
    }
    const held = this.#byOrg.get(first.org)
    const verified = verify(statements, held?.verified)
    const atMs = this.#parts.clock.nowMs()
    mustBeCurrent(verified, atMs)
    mustBeCompared(it.fingerprint, verified)
    const stored: ExchangePeer = {
      org: verified.org,
      name: verified.current.name,
      identity: encode([...verified.identity]),
      operations: verified.operations,
      compared: { officer: it.officer, method: it.method, atMs },
      isFrozen: held?.isFrozen ?? false,
      isSuspended: false,
    }
    const peer = await this.#peerOf(stored, verified).catch((error: unknown) => {
      throw asBadInvite(error)
    })
    await this.#parts.store.savePeer(stored)
    this.#byOrg.set(peer.org, peer)
    this.tellGateway()
    return peer
  }

  async #peerOf(stored: ExchangePeer, verified: Verified): Promise<Peer> {
    const reachable = reachableOf(verified)
    return {
      org: stored.org,
      name: stored.name,
      verified,
      kem: await kemPublicKeyFrom(verified.operation.fallbackKemPublicKey),
      heartbeatMs: reachable.heartbeatMs,
      carriage: agreedCarriage(this.#parts.reachable, reachable),
      isFrozen: stored.isFrozen,
      compared: stored.compared,
    }
  }

  /** Gives our gateway the whole list, again and again until it has it. */
  tellGateway(): void {
    this.#teller.tell(encode(this.all().map(gatewayPeer)))
  }

  /** What our gateway says of a list that it was given, when nobody waits any more. */
  gatewayAnswered(...answer: Parameters<PeerTeller["answered"]>): void {
    this.#teller.answered(...answer)
  }

  close(): void {
    this.#teller.close()
  }
}

/** Digits alone count: people group them as they like. */
function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "")
}

function mustBeCompared(typed: string, { fingerprint }: Verified): void {
  if (digitsOf(typed) === digitsOf(fingerprint)) return
  throw new ExchangeError(
    "fingerprint_mismatch",
    "the fingerprint is not that of the invite: compare it again on a line you trust",
  )
}

/** What an operations statement says about reaching its organisation. */
export function reachableOf({ operation }: Verified): Reachable {
  return { carriers: operation.carriers, heartbeatMs: operation.heartbeatSeconds * 1000 }
}

/** What a gateway may know of a peer. */
function gatewayPeer({ org, verified, isFrozen, carriage }: Peer) {
  const { gatewayPublicKey, tlsPin, nextTlsPin, endpoints } = verified.operation
  const pins = [tlsPin, nextTlsPin].filter((it) => it !== null).map((it) => it.toHex())
  const endpoint = URL.parse(endpoints[0] ?? "")?.origin ?? "https://unknown.invalid"
  const { carrier } = carriage
  return { org, gatewayKeys: [gatewayPublicKey], pins, endpoint, isFrozen, carrier }
}
