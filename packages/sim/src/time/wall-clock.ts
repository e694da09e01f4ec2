/** A machine's hands: a wall clock that is wrong in every way, and an uptime that is nearly right. */

import { nodeClock, type Hands, type NodeClock } from "@tearline/core"

import type { Schedule } from "./schedule.ts"

export class WallClock implements Hands {
  readonly #schedule: Schedule
  readonly #startMs: number
  /** How far the wall is off, and by what share it gains. */
  #offsetMs: number
  #driftFromMs: number
  #drift: number

  constructor(schedule: Schedule, skewMs: number, drift: number) {
    this.#schedule = schedule
    this.#startMs = schedule.nowMs
    this.#offsetMs = skewMs
    this.#driftFromMs = schedule.nowMs
    this.#drift = drift
  }

  readonly wallMs = (): number => {
    const { nowMs } = this.#schedule
    return nowMs + this.#offsetMs + (nowMs - this.#driftFromMs) * this.#drift
  }

  readonly uptimeMs = (): number => this.#schedule.nowMs - this.#startMs

  get offsetMs(): number {
    return this.wallMs() - this.#schedule.nowMs
  }

  /** Somebody sets the clock. */
  step(byMs: number): void {
    this.#offsetMs += byMs
  }

  /** The time service has found the clock again. */
  correct(residueMs: number, drift: number): void {
    this.#offsetMs = residueMs
    this.#driftFromMs = this.#schedule.nowMs
    this.#drift = drift
  }

  /** The clock of a node that starts now, having written nothing later than `notBeforeMs`. */
  start(notBeforeMs: number): NodeClock {
    const clock = nodeClock(this)
    clock.notBefore(notBeforeMs)
    return clock
  }
}
