/** A clock that stands still between two moves, and never steps back. */

import type { Clock } from "@tearline/core"

/** Where the clock stands; `runs`: it goes on from there at the speed of the machine's uptime. */
export interface ClockSetting {
  readonly nowMs: number
  readonly runs: boolean
}

export class HeldClock implements Clock {
  #setting: ClockSetting
  /** Uptime at which the setting was made. */
  #madeAtMs = performance.now()

  constructor(setting: ClockSetting) {
    this.#setting = setting
  }

  nowMs(): number {
    const { nowMs, runs } = this.#setting
    return runs ? Math.floor(nowMs + performance.now() - this.#madeAtMs) : nowMs
  }

  /** An earlier time than the one shown leaves the clock where it is. */
  set({ nowMs, runs }: ClockSetting): void {
    const shownMs = this.nowMs()
    this.#madeAtMs = performance.now()
    this.#setting = { nowMs: Math.max(shownMs, nowMs), runs }
  }

  /** As the exchange asks for it at its start: what a former run has written is past. */
  notBefore(atMs: number): void {
    if (atMs > this.nowMs()) this.set({ ...this.#setting, nowMs: atMs })
  }

  /** It is moved on purpose: a jump is never a fault. */
  isSuspect(): boolean {
    return false
  }
}
