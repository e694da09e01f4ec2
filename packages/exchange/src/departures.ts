/**
 * Departures: what the outbox holds goes to our gateway until the peer's custody is confirmed.
 *
 * A turn enqueues its items already leased to us, so that they go straight out of memory. What has
 * no room there, what an earlier process left and what failed lies in the store and is claimed when
 * there is room, at the latest by a sweep every second. Nothing leaves the store before a signed
 * receipt or refusal has been written (I1); a unit sent twice is one envelope to the peer's
 * gateway.
 */

import type { ExchangeAnswer, ExchangeInput, OrgId, OutboxItem } from "@tearline/core"
import type { ExchangeStore } from "@tearline/store/exchange"

import { depart, type Departed, type DepartureParts } from "./departure.ts"
import type { Diagnostics } from "./diagnostics.ts"
import { codeOf } from "./exchange-error.ts"
import type { Metrics } from "./metrics.ts"
import { PeerQueue, type Sent } from "./peer-queue.ts"

export interface DeparturesParts extends DepartureParts {
  readonly store: Pick<ExchangeStore, "claimOutbox" | "release" | "renewLease">
  readonly submit: (input: ExchangeInput) => Promise<ExchangeAnswer>
  /** Our gateway does not know a peer that we do. */
  readonly onUnknownPeer: () => void
  readonly diagnostics: Diagnostics
  readonly metrics: Metrics
}

const sweepMs = 1_000
const renewMs = 10_000
const claimMax = 64
const giveBackMs = 50
/** What has no room waits this long in the store, with some spread. */
const noRoomMs = 5_000
/** What cannot leave for a reason of its own, likewise. */
const asideMs = { flash: 2_000, common: 10_000 }

/** Failures of a line or of a whole peer; any other is about the one unit. */
const general: ReadonlySet<string> = new Set([
  "gateway_unreachable",
  "gateway_untrusted",
  "unknown_peer",
  "peer_unreachable",
  "peer_busy",
  "peer_untrusted",
  "timeout",
  "http_503",
  "unavailable",
])

export class Departures {
  readonly #parts: DeparturesParts
  readonly #queues = new Map<OrgId, PeerQueue>()
  readonly #givenBack: string[] = []
  #giving: NodeJS.Timeout | undefined
  #timers: NodeJS.Timeout[] = []
  #claiming: Promise<void> | undefined
  #mayHoldMore = true
  #done = 0
  #outstanding = 0

  constructor(parts: DeparturesParts) {
    this.#parts = parts
  }

  /** Items whose custody is not confirmed, in memory or in the store. */
  get outstanding(): number {
    return this.#outstanding
  }

  get done(): number {
    return this.#done
  }

  /** `outstanding`: how many items the store holds at the start. */
  start(outstanding: number): void {
    this.#outstanding += outstanding
    this.#timers = [
      setInterval(() => this.#claim(), sweepMs),
      setInterval(() => void this.#renew(), renewMs),
    ]
    this.#claim()
  }

  /** An item that a turn has just enqueued for us. */
  send(item: OutboxItem): void {
    this.#outstanding += 1
    this.#accept(item)
  }

  /** A peer, or our own gateway, has shown itself: outages may be over. */
  tryNow(peer?: OrgId): void {
    const queues = peer === undefined ? this.#queues.values() : [this.#queues.get(peer)]
    for (const queue of queues) queue?.tryNow()
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    clearTimeout(this.#giving)
    for (const queue of this.#queues.values()) queue.close()
    await this.#claiming
    await this.#giveBack()
  }

  #accept(item: OutboxItem): void {
    if (this.#queueTo(item.peer).add(item)) return
    this.#mayHoldMore = true
    this.#givenBack.push(item.id)
    this.#giving ??= setTimeout(() => void this.#giveBack(), giveBackMs)
  }

  #queueTo(peer: OrgId): PeerQueue {
    const queue = this.#queues.get(peer) ?? new PeerQueue((item) => this.#deliver(item))
    this.#queues.set(peer, queue)
    return queue
  }

  async #deliver(item: OutboxItem): Promise<Sent> {
    const startedMs = performance.now()
    const departed = await depart(this.#parts, item)
    const { lane } = item
    const outcome = departed.kind === "failed" ? departed.code : departed.kind
    const { metrics } = this.#parts
    metrics.count("tearline_exchange_departures_total", { lane, outcome })
    metrics.observeMs(
      "tearline_exchange_departure_seconds",
      { lane },
      performance.now() - startedMs,
    )
    return this.#settle(item, departed)
  }

  async #settle(item: OutboxItem, departed: Departed): Promise<Sent> {
    const { diagnostics, onUnknownPeer, submit } = this.#parts
    const { peer, digest } = item
    if (departed.kind === "failed") {
      const { code } = departed
      if (code === "unknown_peer") onUnknownPeer()
      const isFirst = this.#queues.get(peer)?.isDown !== true
      if (isFirst) diagnostics("warn", "departure_failed", { peer, digest, code })
      if (general.has(code)) return "failed"
      void this.#release([item.id], item.lane === 0 ? asideMs.flash : asideMs.common)
      return "aside"
    }
    try {
      await submit(settled(item, departed))
    } catch (error) {
      diagnostics("warn", "custody_not_noted", { digest, code: codeOf(error) })
      return "failed"
    }
    this.#outstanding -= 1
    this.#done += 1
    // Asked for only once half the places are free again, so that a backlog is fetched in batches.
    if (this.#mayHoldMore && (this.#queues.get(peer)?.held ?? 0) <= claimMax) this.#claim()
    return "gone"
  }

  #claim(): void {
    this.#claiming ??= this.#claimed()
      .catch((error: unknown) => {
        this.#parts.diagnostics("warn", "outbox_not_claimed", { code: codeOf(error) })
      })
      .finally(() => {
        this.#claiming = undefined
      })
  }

  async #claimed(): Promise<void> {
    const items = await this.#parts.store.claimOutbox({ limit: claimMax })
    this.#mayHoldMore = items.length === claimMax
    for (const item of items) this.#accept(item)
  }

  async #giveBack(): Promise<void> {
    this.#giving = undefined
    const ids = this.#givenBack.splice(0)
    if (ids.length > 0) await this.#release(ids, noRoomMs)
  }

  async #release(ids: readonly string[], delayMs: number): Promise<void> {
    try {
      await this.#parts.store.release(ids, delayMs * (0.5 + Math.random() / 2))
    } catch (error) {
      // Their lease runs out by itself.
      this.#parts.diagnostics("warn", "outbox_not_released", { code: codeOf(error) })
    }
  }

  /** Keeps what is held in memory ours; what has become another's, or is gone, is let go. */
  async #renew(): Promise<void> {
    const held = [...this.#queues.values()].flatMap((it) => [...it.ids])
    if (held.length === 0) return
    try {
      const ours = new Set(await this.#parts.store.renewLease(held))
      const lost = held.filter((id) => !ours.has(id))
      for (const queue of this.#queues.values()) for (const id of lost) queue.drop(id)
    } catch (error) {
      this.#parts.diagnostics("warn", "lease_not_renewed", { code: codeOf(error) })
    }
  }
}

function settled(item: OutboxItem, departed: Exclude<Departed, { kind: "failed" }>): ExchangeInput {
  switch (departed.kind) {
    case "custody":
      return { ...departed, kind: "custody-received", item }
    case "refused":
      return { ...departed, kind: "refusal-received", item }
  }
}
