/**
 * Departures: sign the envelope once, carry each unit to its addressee's gateway, bring back what
 * that gateway answered.
 *
 * Nothing is kept: the exchange's outbox holds a unit until custody is confirmed, and comes again.
 * Each peer has two sets of connections, one of them for FLASH alone, so that no backlog to a peer
 * and no stalled answer of it stands before a FLASH. spec/carriage.md 4.
 */

import type { IncomingMessage } from "node:http"
import { request } from "node:https"

import { type Digest, type FileDoor, type Lane, Turnstile } from "@tearline/core"
import { type SigningKey, attachOuter, departureOf, outerSignature } from "@tearline/crypto"
import type { GatewayPeer } from "@tearline/store/gateway"

import { readBody } from "./body.ts"
import type { TlsIdentity } from "./config.ts"
import { codeOf } from "./gateway-error.ts"
import { envelopesPath } from "./outer-listener.ts"
import type { Peers } from "./peers.ts"
import { RecentMap } from "./recent-map.ts"
import { PinnedAgent } from "./tls.ts"

/** Why a unit was not handed over; the outbox tries again after any of them. */
type UnreachedCode =
  | "peer_unreachable"
  | "peer_refused"
  | "peer_busy"
  | "peer_untrusted"
  | "timeout"

export type DepartureAnswer =
  | { readonly kind: "custody"; readonly receipt: Buffer }
  | { readonly kind: "refused"; readonly refusal: Buffer }
  /** Laid out for a courier; the answer comes by itself. */
  | { readonly kind: "waiting" }
  | { readonly kind: "unknown_peer" }
  | { readonly kind: "unreached"; readonly code: UnreachedCode }
  /** Our own exchange's fault: the unit is not one that may leave here. */
  | { readonly kind: "not_ours"; readonly code: string }

export interface DepartureParts {
  readonly org: string
  readonly gatewayKey: SigningKey
  readonly identity: TlsIdentity
  readonly peers: Peers
  /** Where units to peers that are reached by file are laid out. */
  readonly door: Pick<FileDoor, "depart">
}

/** Connections to one peer, and who may use them next. */
interface Line {
  readonly agent: PinnedAgent
  readonly turnstile: Turnstile
}

interface Lines {
  readonly flash: Line
  readonly common: Line
  readonly terms: string
}

const signaturesMax = 1024
const answerBytesMax = 65_536
const answerMsMax = 15_000
const socketsMax = { flash: 2, common: 8 }

export class Departures {
  readonly #parts: DepartureParts
  readonly #lines = new Map<string, Lines>()
  readonly #outer = new RecentMap<Uint8Array>(signaturesMax)

  constructor(parts: DepartureParts) {
    this.#parts = parts
  }

  async send(to: string, lane: Lane, unit: Uint8Array): Promise<DepartureAnswer> {
    const peer = this.#parts.peers.byOrg(to)
    if (peer === undefined) return { kind: "unknown_peer" }
    if (peer.isFrozen) return { kind: "unreached", code: "peer_untrusted" }
    const signed = this.#signed(to, unit)
    if (typeof signed === "string") return { kind: "not_ours", code: signed }
    if (peer.carrier === "file") return await this.#layOut(peer, lane, signed)
    const { flash, common } = this.#linesTo(peer)
    const { agent, turnstile } = lane === 0 ? flash : common
    // From here on, so that waiting for a turn counts: the exchange is answered in bounded time.
    const signal = AbortSignal.timeout(answerMsMax)
    const delivery = { url: urlOf(peer, lane), agent, signed, signal }
    return await turnstile.pass(lane, () => deliver(delivery))
  }

  /** Lets go of lines to peers whose address or pins have changed. */
  refresh(): void {
    for (const [org, lines] of this.#lines) {
      const peer = this.#parts.peers.byOrg(org)
      if (peer === undefined || termsOf(peer) !== lines.terms) this.#cut(org, lines)
    }
  }

  close(): void {
    for (const [org, lines] of this.#lines) this.#cut(org, lines)
  }

  #cut(org: string, lines: Lines): void {
    lines.flash.agent.destroy()
    lines.common.agent.destroy()
    this.#lines.delete(org)
  }

  /** Never over a line, however long no courier comes. */
  async #layOut({ org }: GatewayPeer, lane: Lane, unit: Uint8Array): Promise<DepartureAnswer> {
    const digest = hexOf(departureOf(unit).digest) as Digest
    const answer = await this.#parts.door.depart({ peer: org, digest, lane, content: unit })
    if (answer === undefined) return { kind: "waiting" }
    const bytes = Buffer.from(answer.bytes)
    return answer.kind === "custody"
      ? { kind: "custody", receipt: bytes }
      : { kind: "refused", refusal: bytes }
  }

  /** The unit with its outer signature, or the code under which it may not leave. */
  #signed(to: string, unit: Uint8Array): Uint8Array | string {
    const { org, gatewayKey } = this.#parts
    try {
      const { digest, slotsRoot, sender, addressee, gatewayKeyId } = departureOf(unit)
      if (hexOf(sender) !== org) return "wrong_organisation"
      if (hexOf(addressee) !== to) return "foreign_slot"
      if (hexOf(gatewayKeyId) !== hexOf(gatewayKey.verifying.id)) return "bad_key"
      const sign = () => outerSignature(gatewayKey, digest, slotsRoot)
      return attachOuter(unit, this.#outer.valueOf(hexOf(digest), sign))
    } catch (error) {
      return codeOf(error)
    }
  }

  #linesTo(peer: GatewayPeer): Lines {
    const known = this.#lines.get(peer.org)
    if (known !== undefined) return known
    const { identity, peers } = this.#parts
    const isTrusted = (pin: string) => peers.byPin(pin)?.org === peer.org
    const line = (count: number) => ({
      agent: new PinnedAgent({ identity, isTrusted, socketsMax: count }),
      turnstile: new Turnstile(count),
    })
    const lines = {
      flash: line(socketsMax.flash),
      common: line(socketsMax.common),
      terms: termsOf(peer),
    }
    this.#lines.set(peer.org, lines)
    return lines
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}

function termsOf({ endpoint, pins, isFrozen }: GatewayPeer): string {
  return [endpoint, isFrozen, ...pins].join(" ")
}

function urlOf({ endpoint }: GatewayPeer, lane: Lane): URL {
  return new URL(lane === 0 ? `${envelopesPath}?lane=0` : envelopesPath, endpoint)
}

interface Delivery {
  readonly url: URL
  readonly agent: PinnedAgent
  readonly signed: Uint8Array
  readonly signal: AbortSignal
}

async function deliver(delivery: Delivery): Promise<DepartureAnswer> {
  const { signal } = delivery
  try {
    signal.throwIfAborted()
    const { status, body } = await post(delivery)
    if (status === 200) return { kind: "custody", receipt: body }
    if (status === 422) return { kind: "refused", refusal: body }
    const isBusy = status === 429 || status === 503
    return { kind: "unreached", code: isBusy ? "peer_busy" : "peer_refused" }
  } catch (error) {
    return { kind: "unreached", code: signal.aborted ? "timeout" : unreachedCode(codeOf(error)) }
  }
}

function unreachedCode(code: string): UnreachedCode {
  // A handshake that TLS itself refuses: the peer lacks our version or group, so it is none of ours.
  if (code === "peer_untrusted" || code.startsWith("err_ssl")) return "peer_untrusted"
  return code === "too_large" ? "peer_refused" : "peer_unreachable"
}

interface PeerAnswer {
  readonly status: number
  readonly body: Buffer
}

async function post(delivery: Delivery): Promise<PeerAnswer> {
  const { url, agent, signed, signal } = delivery
  const headers = { "content-type": "application/cbor", "content-length": signed.length }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request(url, { method: "POST", agent, headers, signal })
  outgoing.on("response", resolve)
  outgoing.on("error", reject)
  outgoing.end(signed)
  try {
    const answer = await promise
    return { status: answer.statusCode ?? 0, body: await readBody(answer, answerBytesMax) }
  } catch (error) {
    // The peer closed an idle connection just as we took it: nothing is known to be wrong, and the
    // same unit twice does no harm.
    if (outgoing.reusedSocket && codeOf(error) === "econnreset") return post(delivery)
    throw error
  }
}
