/** One run of a process, from its start to its crash: afterwards nothing that it began goes on. */

import type { Timers } from "@tearline/core"

import type { Schedule } from "./schedule.ts"

export class Life implements Timers {
  readonly #schedule: Schedule
  #isOver = false

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  get isOver(): boolean {
    return this.#isOver
  }

  after(delayMs: number, run: () => void): () => void {
    return this.#schedule.after(delayMs, run, this)
  }

  end(): void {
    this.#isOver = true
  }
}
