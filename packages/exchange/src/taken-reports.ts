/**
 * Tells our gateway what has been taken in, many at a time: it need not send these again.
 *
 * Losing a report costs one more sending, which the store recognises; so nothing is kept.
 */

import type { Digest } from "@tearline/core"
import { encode } from "@tearline/crypto"

import type { Diagnostics } from "./diagnostics.ts"
import { codeOf } from "./exchange-error.ts"
import type { GatewayLine } from "./gateway-line.ts"

const gatherMs = 3
const retryMs = 500
const answerMsMax = 10_000
const reportMax = 1_000

export class TakenReports {
  readonly #line: GatewayLine
  readonly #diagnostics: Diagnostics
  #waiting = new Set<Digest>()
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined
  #isClosed = false

  constructor(line: GatewayLine, diagnostics: Diagnostics) {
    this.#line = line
    this.#diagnostics = diagnostics
  }

  get pending(): number {
    return this.#waiting.size
  }

  add(digest: Digest): void {
    this.#waiting.add(digest)
    this.#schedule(gatherMs)
  }

  /** Sends what waits, once. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#sending
    if (this.#waiting.size > 0) await this.#send()
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#sending = this.#send()
    }, delayMs)
  }

  async #send(): Promise<void> {
    const digests = [...this.#waiting].slice(0, reportMax)
    let isReported = false
    try {
      const { status } = await this.#line.ask({
        method: "POST",
        path: "/inner/v1/taken",
        body: encode(digests),
        isFlash: true,
        signal: AbortSignal.timeout(answerMsMax),
      })
      isReported = status === 204 || status === 200
      if (!isReported) this.#diagnostics("warn", "taken_not_told", { status })
    } catch (error) {
      if (!this.#isClosed) this.#diagnostics("warn", "taken_not_told", { code: codeOf(error) })
    }
    if (isReported) for (const digest of digests) this.#waiting.delete(digest)
    this.#timer = undefined
    if (this.#waiting.size > 0) this.#schedule(isReported ? 0 : retryMs)
  }
}
