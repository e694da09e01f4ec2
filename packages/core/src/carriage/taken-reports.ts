/**
 * Tells our gateway what has been taken in, many at a time: it need not send these again.
 *
 * Losing a report costs one more sending, which the store recognises; so nothing is kept.
 */

import type { Digest } from "../ids.ts"
import type { Timers } from "./ports.ts"

const gatherMsDefault = 3
const retryMsDefault = 500
const reportMax = 1_000

export interface TakenReportsParts {
  /** Whether the gateway has noted them; false or an error means that they are told again. */
  readonly report: (digests: readonly Digest[]) => Promise<boolean>
  readonly timers: Timers
  /** How long reports are gathered, in milliseconds; 0 for those of one turn only. */
  readonly gatherMs?: number
  readonly retryMs?: number
  readonly onTrouble?: (error: unknown) => void
}

export class TakenReports {
  readonly #parts: TakenReportsParts
  readonly #waiting = new Set<Digest>()
  #cancel: (() => void) | undefined
  #sending: Promise<void> | undefined
  #isClosed = false

  constructor(parts: TakenReportsParts) {
    this.#parts = parts
  }

  get pending(): number {
    return this.#waiting.size
  }

  add(digest: Digest): void {
    this.#waiting.add(digest)
    this.#schedule(this.#parts.gatherMs ?? gatherMsDefault)
  }

  /** Sends what waits, once. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel?.()
    await this.#sending
    if (this.#waiting.size > 0) await this.#send()
  }

  #schedule(delayMs: number): void {
    if (this.#cancel !== undefined || this.#isClosed) return
    if (delayMs === 0) {
      this.#cancel = () => undefined
      this.#sending = Promise.resolve().then(() => this.#send())
      return
    }
    this.#cancel = this.#parts.timers.after(delayMs, () => {
      this.#sending = this.#send()
    })
  }

  async #send(): Promise<void> {
    const { report, onTrouble, retryMs = retryMsDefault } = this.#parts
    const digests = [...this.#waiting].slice(0, reportMax)
    let isReported = false
    try {
      isReported = await report(digests)
    } catch (error) {
      if (!this.#isClosed) onTrouble?.(error)
    }
    if (isReported) for (const digest of digests) this.#waiting.delete(digest)
    this.#cancel = undefined
    if (this.#waiting.size > 0) this.#schedule(isReported ? 0 : retryMs)
  }
}
