/**
 * What is on its way to one peer, and how often it may be tried.
 *
 * While the peer answers, many units go at once, and FLASH has places of its own. When one fails,
 * only the most urgent is tried, at growing intervals, until one gets through; then all go again.
 * So an outage costs one attempt at a time, and its end is noticed within seconds.
 */

import type { OutboxItem } from "../exchange/ports.ts"
import type { Spread, Timers } from "./ports.ts"

/** How many units go to one peer at once. */
export interface Places {
  readonly flash: number
  readonly common: number
}

/**
 * Few of the lower lanes: what is under way already cannot be overtaken, and four keep every part
 * of both nodes at work.
 */
const placesDefault: Places = { flash: 4, common: 4 }
const heldMax = 256
const retryMsMin = 50

/** Bounds of the growing interval between attempts, in milliseconds. */
export interface BackOff {
  readonly min: number
  /** While a FLASH waits. */
  readonly flashMax: number
  readonly max: number
}

/**
 * What became of an attempt: settled for good; the line or the peer is away; or something about
 * this very unit, which then must not stand in the way of the others.
 */
export type Sent = "gone" | "failed" | "aside"

export interface PeerQueueParts {
  /** Does not throw. An item put aside is the caller's again. */
  readonly send: (item: OutboxItem) => Promise<Sent>
  readonly timers: Timers
  readonly spread: Spread
  readonly backOffMs: BackOff
  readonly places?: Places
  /** Nothing is held any more. */
  readonly onEmpty?: () => void
}

export class PeerQueue {
  readonly #lanes: OutboxItem[][] = [[], [], [], []]
  readonly #ids = new Set<string>()
  readonly #parts: PeerQueueParts
  #sendingFlash = 0
  #sendingCommon = 0
  #failures = 0
  #retry: (() => void) | undefined
  #isClosed = false

  constructor(parts: PeerQueueParts) {
    this.#parts = parts
  }

  get isDown(): boolean {
    return this.#failures > 0
  }

  get held(): number {
    return this.#ids.size
  }

  /** For anything but FLASH, which always has room. */
  get hasRoom(): boolean {
    return this.#ids.size < heldMax
  }

  get ids(): Iterable<string> {
    return this.#ids
  }

  /** Whether there is room; an item without room goes back to the store. FLASH always has room. */
  add(item: OutboxItem): boolean {
    if (this.#ids.has(item.id)) return true
    if (item.lane !== 0 && !this.hasRoom) return false
    this.#ids.add(item.id)
    this.#lanes[item.lane]?.push(item)
    // A new FLASH is worth an attempt of its own, outage or not.
    if (this.isDown && item.lane === 0) this.tryNow()
    this.#dispatch()
    return true
  }

  /** Lets go of an item that is not ours to send any more. */
  drop(id: string): void {
    if (!this.#ids.delete(id)) return
    for (const lane of this.#lanes) {
      const at = lane.findIndex((it) => it.id === id)
      if (at >= 0) lane.splice(at, 1)
    }
  }

  /** Something says that the peer may be there again: do not wait for the end of the interval. */
  tryNow(): void {
    if (this.#retry === undefined) return
    this.#retry()
    this.#retry = undefined
    this.#dispatch()
  }

  close(): void {
    this.#isClosed = true
    this.#retry?.()
  }

  #dispatch(): void {
    while (!this.#isClosed && this.#retry === undefined) {
      const isProbing = this.isDown
      if (isProbing && this.#sendingFlash + this.#sendingCommon > 0) return
      const item = this.#next()
      if (item === undefined) return
      void this.#sent(item)
    }
  }

  #next(): OutboxItem | undefined {
    const [flash] = this.#lanes
    const { places = placesDefault } = this.#parts
    if (this.#sendingFlash < places.flash && flash !== undefined && flash.length > 0) {
      return flash.shift()
    }
    if (this.#sendingCommon >= places.common) return undefined
    return this.#lanes.find((lane, at) => at > 0 && lane.length > 0)?.shift()
  }

  async #sent(item: OutboxItem): Promise<void> {
    this.#count(item, 1)
    const result = await this.#parts.send(item)
    this.#count(item, -1)
    if (result === "failed") this.#failed(item)
    else this.#succeeded(item)
    this.#dispatch()
    if (this.#ids.size === 0) this.#parts.onEmpty?.()
  }

  #count({ lane }: OutboxItem, change: number): void {
    if (lane === 0) this.#sendingFlash += change
    else this.#sendingCommon += change
  }

  /** The peer has answered, whatever it said about this unit. */
  #succeeded({ id }: OutboxItem): void {
    this.#ids.delete(id)
    this.#failures = 0
    this.#retry?.()
    this.#retry = undefined
  }

  #failed(item: OutboxItem): void {
    if (this.#isClosed) return
    // In front again, unless it has been dropped meanwhile.
    if (this.#ids.has(item.id)) this.#lanes[item.lane]?.unshift(item)
    // Several fail together when a peer goes: that is one failure.
    if (this.#retry !== undefined) return
    this.#failures += 1
    const { timers, spread, backOffMs } = this.#parts
    const hasFlash = (this.#lanes[0]?.length ?? 0) > 0
    const capMs = hasFlash ? backOffMs.flashMax : backOffMs.max
    const spanMs = Math.min(capMs, backOffMs.min * 2 ** Math.min(this.#failures, 30))
    const delayMs = Math.max(retryMsMin, spread() * spanMs)
    this.#retry = timers.after(delayMs, () => this.tryNow())
  }
}
