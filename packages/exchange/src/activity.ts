/** How much is being done and how much ever was: what a watcher of quiet asks for. */
export interface ActivityCounts {
  /** Every completed piece of work, ever. */
  readonly done: number
  /** Everything begun and not finished. */
  readonly inFlight: number
}

export class Activity {
  #done = 0
  #inHand = 0

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

  get counts(): ActivityCounts {
    return { done: this.#done, inFlight: this.#inHand }
  }
}
