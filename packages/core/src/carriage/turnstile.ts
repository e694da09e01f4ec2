/** Who goes next where only so many may go at a time: precedence rules this queue too. */

import type { Lane } from "../vocabulary/precedence.ts"

/** Lets so many pieces of work run at a time; of those that wait the most urgent goes next. */
export class Turnstile {
  readonly #waiting: (() => void)[][] = [[], [], [], []]
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  async pass<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result> {
    if (this.#free === 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting[lane]?.push(resolve)
      await promise
    } else {
      this.#free -= 1
    }
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  /** Hands the place on, so that nobody who comes later slips in between. */
  #leave(): void {
    const next = this.#waiting.find((lane) => lane.length > 0)?.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
