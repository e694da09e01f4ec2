/**
 * How many arrivals the exchange asks its gateway for at a time.
 *
 * What waits for one row of ours to be mended, or for its sender to be added again, is out and not
 * taken, perhaps for days. It keeps no place that others need: where it takes too many, another
 * stream with more of them is asked for.
 */

import type { Digest } from "../ids.ts"

/** What a gateway gives at most. */
const windowMax = 1024

export class ArrivalWindow {
  readonly #base: number
  readonly #waiting = new Set<Digest>()
  #asked: number

  /** `base`: places while nothing waits. */
  constructor(base: number) {
    this.#base = base
    this.#asked = base
  }

  /** Places to ask for, on a stream that is opened now. */
  opened(): number {
    this.#asked = Math.min(windowMax, this.#base + 2 * this.#waiting.size)
    return this.#asked
  }

  /** This one stays where it is. Whether too few places are left, and another stream would help. */
  waits(digest: Digest): boolean {
    if (this.#waiting.size < windowMax) this.#waiting.add(digest)
    const common = this.#asked - Math.ceil(this.#asked / 8)
    return this.#asked < windowMax && common - this.#waiting.size < this.#base / 2
  }

  taken(digest: Digest): void {
    this.#waiting.delete(digest)
  }
}
