/** How much is being done and how much ever was: what a watcher of quiet asks for. */
export interface ActivityCounts {
  /** Every completed piece of work since the start. */
  readonly done: number
  /** Everything begun and not finished. */
  readonly inFlight: number
}

/** Counts the work of one process. */
export class Activity {
  #done = 0
  #inHand = 0
  #waiting = 0

  /** Runs a piece of work and counts it, however it ends. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#inHand += 1
    try {
      return await work()
    } finally {
      this.#inHand -= 1
      this.#done += 1
    }
  }

  /** What has come and waits for somebody else to take it; it is in flight until then. */
  set waiting(count: number) {
    this.#waiting = Math.max(0, count)
  }

  get waiting(): number {
    return this.#waiting
  }

  get counts(): ActivityCounts {
    return { done: this.#done, inFlight: this.#inHand + this.#waiting }
  }
}
