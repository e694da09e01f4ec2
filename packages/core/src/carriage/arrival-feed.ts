/**
 * The gateway's arrivals to its exchange, most urgent first, one at a time.
 *
 * What goes next is chosen only when it is asked for: a FLASH that comes in overtakes everything
 * not yet given. At most a window of arrivals is out and not taken, an eighth of it for FLASH
 * alone. The store is the queue; a commit wakes the feed, and a slow sweep finds what another
 * process of the same gateway has committed. A FLASH that has just been committed is given out of
 * memory, where no older one can be left in the store: it waits for no answer of it.
 */

import type { HeldArrival } from "../gateway/ports.ts"
import type { Digest } from "../ids.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import type { Timers } from "./ports.ts"

const batchCount = 16
const noLane = 4
const flashesMax = 16

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
  /** FLASH that was held since all of it in the store was known, oldest first. */
  #flashes: HeldArrival[] = []
  /** Whether each FLASH of the store is out, in the batch or among those. */
  #knowsAllFlash = false
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

  /** Something new is held. */
  held(arrival: HeldArrival): void {
    if (!this.#keepsFlash(arrival)) this.#toBeRead(arrival.lane)
    this.#wake()
  }

  /** Whether it need not be read from the store. */
  #keepsFlash(arrival: HeldArrival): boolean {
    const { digest, lane } = arrival
    if (lane !== 0 || !this.#knowsAllFlash) return false
    // The store may have told of it before whoever wrote it did.
    const isKnown = this.#out.has(digest) || this.#batch.some((it) => it.digest === digest)
    if (isKnown || this.#takenSince.has(digest)) return true
    if (this.#flashes.length >= flashesMax) return false
    this.#flashes.push(arrival)
    return true
  }

  #toBeRead(lane: Lane): void {
    if (lane === 0) {
      this.#flashes = []
      this.#knowsAllFlash = false
    }
    // Less urgent than what has just come: read again from the store, behind it.
    this.#batch = this.#batch.filter((it) => it.lane <= lane)
    this.#heldSince = Math.min(this.#heldSince, lane)
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
    const isLeft = ({ digest }: HeldArrival) => !this.#takenSince.has(digest)
    this.#batch = this.#batch.filter(isLeft)
    this.#flashes = this.#flashes.filter(isLeft)
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
    if (this.#batch.length + this.#flashes.length === 0) await this.#fill()
    const arrival = this.#mostUrgent()
    if (arrival === undefined || this.#isEnded) return undefined
    this.#out.set(arrival.digest, arrival.lane)
    if (arrival.lane !== 0) this.#commonOut += 1
    return arrival
  }

  /** The first for which there is room. */
  #mostUrgent(): HeldArrival | undefined {
    const [first] = this.#batch
    const [flash] = this.#flashes
    const isNext = first?.lane !== 0 || (flash?.atMs ?? Infinity) < first.atMs
    if (flash !== undefined && isNext) return this.#flashes.shift()
    const mayCommon = this.#commonOut < this.#commonMax
    const at = this.#batch.findIndex((it) => mayCommon || it.lane === 0)
    return at === -1 ? undefined : this.#batch.splice(at, 1)[0]
  }

  async #fill(): Promise<void> {
    this.#takenSince.clear()
    this.#heldSince = noLane
    try {
      const waiting = await this.#parts.untaken(batchCount, [...this.#out.keys()])
      this.#noteFlash(waiting)
      const kept = new Set(this.#flashes.map((it) => it.digest))
      this.#batch = waiting.filter(
        ({ digest, lane }) =>
          !this.#takenSince.has(digest) && !kept.has(digest) && lane <= this.#heldSince,
      )
    } catch (error) {
      this.#parts.onTrouble?.(error)
    }
  }

  /** What came while the store was asked is either kept, or was not known to be all. */
  #noteFlash(waiting: readonly HeldArrival[]): void {
    const hasAll = waiting.length < batchCount || waiting.at(-1)?.lane !== 0
    this.#knowsAllFlash = hasAll && this.#heldSince > 0
    if (!this.#knowsAllFlash) this.#flashes = []
  }
}
