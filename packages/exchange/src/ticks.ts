/** Time passing, as an input: every few seconds each link is asked whether a heartbeat is due. */

import type { Clock, Diagnostics, ExchangeAnswer, ExchangeInput } from "@tearline/core"

import { codeOf } from "./exchange-error.ts"
import type { Peer, Peers } from "./peers.ts"

export interface TicksParts {
  readonly peers: Peers
  readonly clock: Clock & { isSuspect?(): boolean }
  readonly submit: (input: ExchangeInput) => Promise<ExchangeAnswer>
  readonly diagnostics: Diagnostics
}

const everyMs = 5_000

export class Ticks {
  readonly #parts: TicksParts
  #timer: NodeJS.Timeout | undefined
  #ticking: Promise<void> | undefined
  isClockSuspect = false

  constructor(parts: TicksParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#ticking === undefined) void this.tick()
    }, everyMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /** Asks every link at the time that the clock shows now. */
  async tick(): Promise<void> {
    // One under way may have read the clock already.
    await this.#ticking
    const ticking = this.#tick()
    this.#ticking = ticking
    await ticking
    if (this.#ticking === ticking) this.#ticking = undefined
  }

  async #tick(): Promise<void> {
    this.#watchClock()
    const trusted = this.#parts.peers.all().filter((it) => !it.isFrozen)
    await Promise.all(trusted.map((it) => this.#tickLink(it)))
  }

  /** Each by itself: one link that is damaged must not silence the others. */
  async #tickLink({ org, carriage }: Peer): Promise<void> {
    const { submit, diagnostics } = this.#parts
    const links = [{ peer: org, heartbeatMs: carriage.heartbeatMs }]
    try {
      await submit({ kind: "ticked", links })
    } catch (error) {
      diagnostics("warn", "tick_failed", { peer: org, code: codeOf(error) })
    }
  }

  /** No due time moves with a jump: a person is told, and the clock is slewed. */
  #watchClock(): void {
    const { clock, diagnostics } = this.#parts
    if (clock.isSuspect?.() !== true) return
    this.isClockSuspect = true
    diagnostics("warn", "clock_suspect")
  }
}
