/**
 * Departures: what the outbox holds goes to our gateway until the peer's custody is confirmed.
 *
 * A turn enqueues its items already leased to us, so that they go straight out of memory. What has
 * no room there, what an earlier process left and what failed lies in the store and is claimed when
 * there is room, at the latest by a sweep. Nothing leaves the store before a signed receipt or
 * refusal has been written (I1); a unit sent twice is one envelope to the peer's gateway.
 */

import type { ExchangeInput } from "../exchange/inputs.ts"
import type { OutboxItem } from "../exchange/ports.ts"
import type { OrgId } from "../ids.ts"
import { PeerQueue, type BackOff, type Places, type Sent } from "./peer-queue.ts"
import type { Departed, Outbox, Spread, Timers } from "./ports.ts"

/** How long carriage waits, in milliseconds. */
export interface DepartureTimes {
  readonly sweepMs: number
  /** Shorter than the outbox's lease. */
  readonly renewMs: number
  readonly giveBackMs: number
  /** What has no room waits this long in the store, with some spread. */
  readonly noRoomMs: number
  /** What cannot leave for a reason of its own, likewise. */
  readonly asideMs: { readonly flash: number; readonly common: number }
  /** What a carrier is to take is laid out again after this time, should it have been lost there. */
  readonly waitingMs: { readonly flash: number; readonly common: number }
  readonly backOffMs: BackOff
}

export const departureTimes: DepartureTimes = {
  sweepMs: 1_000,
  renewMs: 10_000,
  giveBackMs: 50,
  noRoomMs: 5_000,
  asideMs: { flash: 2_000, common: 10_000 },
  waitingMs: { flash: 600_000, common: 3_600_000 },
  backOffMs: { min: 200, flashMax: 2_000, max: 6_000 },
}

export type DepartureTrouble =
  | "custody_not_noted"
  | "answer_not_noted"
  | "outbox_not_claimed"
  | "outbox_not_released"
  | "lease_not_renewed"

export interface DeparturesParts {
  readonly outbox: Outbox
  /** Hands one unit over; never throws: what went wrong is an answer with a code. */
  readonly hand: (item: OutboxItem) => Promise<Departed>
  readonly submit: (input: ExchangeInput) => Promise<unknown>
  readonly timers: Timers
  readonly spread: Spread
  readonly times?: DepartureTimes
  readonly places?: Places
  /** `isFirst`: the queue to this peer was well until now. */
  readonly onFailed?: (item: OutboxItem, code: string, isFirst: boolean) => void
  /** Something of ours failed, and is tried again. */
  readonly onTrouble?: (trouble: DepartureTrouble, error: unknown, item?: OutboxItem) => void
}

const claimMax = 64

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
  readonly #times: DepartureTimes
  readonly #queues = new Map<OrgId, PeerQueue>()
  readonly #givenBack: string[] = []
  #giving: (() => void) | undefined
  #sweeping: (() => void) | undefined
  #renewing: (() => void) | undefined
  #claiming: Promise<void> | undefined
  #isClosed = false
  #mayHoldMore = true
  #done = 0
  #outstanding = 0

  constructor(parts: DeparturesParts) {
    this.#parts = parts
    this.#times = parts.times ?? departureTimes
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
    this.#sweep()
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

  /**
   * What the peer said of an item that a carrier took, however late and however often. False when
   * it could not be written down: it has to be told again.
   */
  async settle(id: string, answer: Settling): Promise<boolean> {
    const { outbox, submit, onTrouble } = this.#parts
    try {
      const item = await outbox.find(id)
      // Told before.
      if (item === undefined) return true
      await submit(settled(item, answer))
      this.#queues.get(item.peer)?.drop(id)
    } catch (error) {
      onTrouble?.("answer_not_noted", error)
      return false
    }
    this.#outstanding -= 1
    this.#done += 1
    return true
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const cancel of [this.#sweeping, this.#renewing, this.#giving]) cancel?.()
    for (const queue of this.#queues.values()) queue.close()
    await this.#claiming
    await this.#giveBack()
  }

  #sweep(): void {
    this.#claim()
    this.#sweeping = this.#parts.timers.after(this.#times.sweepMs, () => this.#sweep())
  }

  #accept(item: OutboxItem): void {
    if (this.#isClosed) return
    if (this.#queueTo(item.peer).add(item)) {
      this.#renewing ??= this.#renewLater()
      return
    }
    this.#mayHoldMore = true
    this.#givenBack.push(item.id)
    const { timers } = this.#parts
    this.#giving ??= timers.after(this.#times.giveBackMs, () => void this.#giveBack())
  }

  #queueTo(peer: OrgId): PeerQueue {
    const known = this.#queues.get(peer)
    if (known !== undefined) return known
    const { timers, spread, places } = this.#parts
    const { backOffMs } = this.#times
    const send = (it: OutboxItem) => this.#deliver(it)
    const onEmpty = () => this.#restIfEmpty()
    const parts = { send, timers, spread, backOffMs, onEmpty }
    const queue = new PeerQueue(places === undefined ? parts : { ...parts, places })
    this.#queues.set(peer, queue)
    return queue
  }

  async #deliver(item: OutboxItem): Promise<Sent> {
    const { hand, submit, onTrouble } = this.#parts
    const departed = await hand(item)
    if (departed.kind === "failed") return this.#failed(item, departed.code)
    if (departed.kind === "waiting") return this.#aside(item, this.#times.waitingMs)
    try {
      await submit(settled(item, departed))
    } catch (error) {
      // A damaged row of one thread must not hold up all that goes to this peer.
      onTrouble?.("custody_not_noted", error, item)
      return this.#aside(item)
    }
    this.#outstanding -= 1
    this.#done += 1
    // Asked for only once half the places are free again, so that a backlog is fetched in batches.
    if (this.#mayHoldMore && (this.#queues.get(item.peer)?.held ?? 0) <= claimMax) this.#claim()
    return "gone"
  }

  #claim(): void {
    this.#claiming ??= this.#claimed()
      .catch((error: unknown) => this.#parts.onTrouble?.("outbox_not_claimed", error))
      .finally(() => {
        this.#claiming = undefined
      })
  }

  async #claimed(): Promise<void> {
    const full = [...this.#queues].filter(([, it]) => !it.hasRoom).map(([peer]) => peer)
    const items = await this.#parts.outbox.claim(claimMax, full)
    // What was left there for want of room is asked for once there is some.
    this.#mayHoldMore = items.length === claimMax || full.length > 0
    for (const item of items) this.#accept(item)
  }

  #failed(item: OutboxItem, code: string): Sent {
    const isFirst = this.#queues.get(item.peer)?.isDown !== true
    this.#parts.onFailed?.(item, code, isFirst)
    return general.has(code) ? "failed" : this.#aside(item)
  }

  #aside({ id, lane }: OutboxItem, { flash, common } = this.#times.asideMs): Sent {
    void this.#release([id], lane === 0 ? flash : common)
    return "aside"
  }

  async #giveBack(): Promise<void> {
    this.#giving = undefined
    const ids = this.#givenBack.splice(0)
    if (ids.length > 0) await this.#release(ids, this.#times.noRoomMs)
  }

  async #release(ids: readonly string[], delayMs: number): Promise<void> {
    const { outbox, spread, onTrouble } = this.#parts
    try {
      await outbox.release(ids, delayMs * (0.5 + spread() / 2))
    } catch (error) {
      // Their lease runs out by itself.
      onTrouble?.("outbox_not_released", error)
    }
  }

  /** There is no lease to renew: the next item arms the timer again. */
  #restIfEmpty(): void {
    for (const { held } of this.#queues.values()) if (held > 0) return
    this.#renewing?.()
    this.#renewing = undefined
  }

  #renewLater(): () => void {
    return this.#parts.timers.after(this.#times.renewMs, () => void this.#renew())
  }

  /** Keeps what is held in memory ours; what has become another's, or is gone, is let go. */
  async #renew(): Promise<void> {
    const held = [...this.#queues.values()].flatMap((it) => [...it.ids])
    // Armed again by the next item: an idle exchange asks its store for nothing.
    this.#renewing = held.length === 0 || this.#isClosed ? undefined : this.#renewLater()
    if (held.length === 0) return
    try {
      const ours = new Set(await this.#parts.outbox.renewLease(held))
      const lost = held.filter((id) => !ours.has(id))
      for (const queue of this.#queues.values()) for (const id of lost) queue.drop(id)
    } catch (error) {
      this.#parts.onTrouble?.("lease_not_renewed", error)
    }
  }
}

/** What ends an item of the outbox. */
export type Settling = Extract<Departed, { kind: "custody" | "refused" }>

function settled(item: OutboxItem, departed: Settling): ExchangeInput {
  switch (departed.kind) {
    case "custody":
      return { ...departed, kind: "custody-received", item }
    case "refused":
      return { ...departed, kind: "refusal-received", item }
  }
}
