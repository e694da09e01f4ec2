/** How much is being done and how much ever was: what a watcher of quiet asks for. */
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

  /** Sets how many arrivals wait for the exchange. */
  set waiting(count: number) {
    this.#waiting = Math.max(0, count)
  }

  get waiting(): number {
    return this.#waiting
  }

  get done(): number {
    return this.#done
  }

  /** Requests in hand and arrivals not yet taken. */
  get inFlight(): number {
    return this.#inHand + this.#waiting
  }
}
