/**
 * The gateway's arrivals to its exchange, most urgent first, one at a time.
 *
 * What goes next is chosen only when it is asked for: a FLASH that comes in overtakes everything
 * not yet given. At most a window of arrivals is out and not taken, an eighth of it for FLASH
 * alone. The store is the queue; a commit wakes the feed, and a slow sweep finds what another
 * process of the same gateway has committed.
 */

import type { HeldArrival } from "../gateway/ports.ts"
import type { Digest } from "../ids.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import type { Timers } from "./ports.ts"

const batchCount = 16
const noLane = 4

/** How long the feed waits, in milliseconds. */
export interface FeedTimes {
  readonly sweepMs: number
  readonly keepAliveMs: number
}

export const feedTimes: FeedTimes = { sweepMs: 1_000, keepAliveMs: 15_000 }

export interface FeedParts {
  /** What the exchange does not have, most urgent first, without what is under way already. */
  readonly untaken: (limit: number, excluding: readonly Digest[]) => Promise<readonly HeldArrival[]>
  readonly timers: Timers
  readonly times?: FeedTimes
  /** Arrivals out and not taken, at most. */
  readonly window: number
  readonly onTrouble?: (error: unknown) => void
}

export class ArrivalFeed {
  readonly #parts: FeedParts
  readonly #times: FeedTimes
  readonly #commonMax: number
  readonly #out = new Map<Digest, Lane>()
  #commonOut = 0
  #batch: HeldArrival[] = []
  /** What was taken since the store was last asked: its answer may be from before. */
  readonly #takenSince = new Set<Digest>()
  /** The most urgent lane of what came since then, likewise. */
  #heldSince = noLane
  #isEnded = false
  #isFirst = true
  #wake: () => void = () => undefined

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#times = parts.times ?? feedTimes
    this.#commonMax = parts.window - Math.ceil(parts.window / 8)
  }

  end(): void {
    this.#isEnded = true
    this.#wake()
  }

  /** Something new of this lane is held. */
  held(lane: Lane): void {
    // Less urgent than what has just come: read again from the store, behind it.
    this.#batch = this.#batch.filter((it) => it.lane <= lane)
    this.#heldSince = Math.min(this.#heldSince, lane)
    this.#wake()
  }

  /** The exchange has these durably. */
  taken(digests: readonly Digest[]): void {
    for (const digest of digests) {
      this.#takenSince.add(digest)
      const lane = this.#out.get(digest)
      if (lane === undefined) continue
      this.#out.delete(digest)
      if (lane !== 0) this.#commonOut -= 1
    }
    this.#batch = this.#batch.filter((it) => !this.#takenSince.has(it.digest))
    this.#wake()
  }

  /** The next arrival; null first of all and when nothing comes for long; undefined at the end. */
  async next(): Promise<HeldArrival | null | undefined> {
    // Null at once: the exchange learns that it is connected.
    if (this.#isFirst) {
      this.#isFirst = false
      return null
    }
    const at = { isLate: false }
    const cancel = this.#parts.timers.after(this.#times.keepAliveMs, () => {
      at.isLate = true
      this.#wake()
    })
    const arrival = await this.#awaited(at)
    cancel()
    return arrival
  }

  async #awaited(at: { readonly isLate: boolean }): Promise<HeldArrival | null | undefined> {
    while (!this.#isEnded) {
      // Made before looking, so that what comes while we look is not missed.
      const woken = this.#nextWake()
      const arrival = await this.#chosen()
      if (arrival !== undefined) return arrival
      if (at.isLate) return null
      const cancel = this.#parts.timers.after(this.#times.sweepMs, () => this.#wake())
      await woken
      cancel()
    }
    return undefined
  }

  #nextWake(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    return promise
  }

  async #chosen(): Promise<HeldArrival | undefined> {
    if (this.#out.size >= this.#parts.window) return undefined
    if (this.#batch.length === 0) await this.#fill()
    const mayCommon = this.#commonOut < this.#commonMax
    const at = this.#batch.findIndex((it) => mayCommon || it.lane === 0)
    const arrival = at === -1 ? undefined : this.#batch.splice(at, 1)[0]
    if (arrival === undefined || this.#isEnded) return undefined
    this.#out.set(arrival.digest, arrival.lane)
    if (arrival.lane !== 0) this.#commonOut += 1
    return arrival
  }

  async #fill(): Promise<void> {
    this.#takenSince.clear()
    this.#heldSince = noLane
    try {
      const waiting = await this.#parts.untaken(batchCount, [...this.#out.keys()])
      this.#batch = waiting.filter(
        (it) => !this.#takenSince.has(it.digest) && it.lane <= this.#heldSince,
      )
    } catch (error) {
      this.#parts.onTrouble?.(error)
    }
  }
}
