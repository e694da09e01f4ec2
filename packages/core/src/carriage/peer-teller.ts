/**
 * Tells our gateway the list of peers until it holds the last one.
 *
 * Nothing of this is kept over a restart: each start is a new series of lists, and what the gateway
 * holds from before is learned from its answer. An answer may come hours later.
 */

import { assert } from "../assert.ts"
import type { Chance } from "../host/ports.ts"
import type { ListAnswer, OfferedList } from "./peer-list.ts"
import type { Timers } from "./ports.ts"
import { isSameBytes } from "./same-bytes.ts"

export type OfferAnswer =
  | ListAnswer
  /** It is under way: what becomes of it is told to `answered`. */
  | { readonly kind: "waiting" }
  | { readonly kind: "failed" }

export interface PeerTellerTimes {
  readonly retryMs: number
  /** What is under way may have been lost. */
  readonly waitingMs: number
}

export interface PeerTellerParts {
  /** The same list again has the same bytes. Does not throw. */
  readonly offer: (list: OfferedList, body: Uint8Array) => Promise<OfferAnswer>
  readonly chance: Chance
  readonly timers: Timers
  readonly times?: PeerTellerTimes
}

const timesDefault: PeerTellerTimes = { retryMs: 1_000, waitingMs: 120_000 }

export class PeerTeller {
  readonly #parts: PeerTellerParts
  readonly #times: PeerTellerTimes
  #list: OfferedList
  #body: Uint8Array | undefined
  #cancel: () => void = () => undefined
  #hasLost = false
  #isClosed = false

  constructor(parts: PeerTellerParts) {
    this.#parts = parts
    this.#times = parts.times ?? timesDefault
    this.#list = this.#seriesOver(null)
  }

  /** The whole list as it is now; as it was told already, it is told once more. */
  tell(body: Uint8Array): void {
    const { series, number, over } = this.#list
    const isNew = this.#body === undefined || !isSameBytes(this.#body, body)
    if (isNew) this.#list = { series, number: number + 1, over }
    this.#body = body
    void this.#offer()
  }

  /** What the gateway says of a list, however late. */
  answered({ series, number }: Pick<OfferedList, "series" | "number">, answer: OfferAnswer): void {
    // Of one that another has followed: that will be answered too.
    if (series !== this.#list.series || number !== this.#list.number || this.#isClosed) return
    this.#cancel()
    switch (answer.kind) {
      case "taken":
        this.#hasLost = false
        return
      case "superseded":
        return this.#goOver(answer.by)
      case "waiting":
        return this.#offerAfter(this.#times.waitingMs)
      case "failed":
        return this.#offerAfter(this.#times.retryMs)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
  }

  /** At once the first time, as at each start; whoever loses again waits. */
  #goOver(series: string): void {
    this.#list = { ...this.#seriesOver(series), number: 1 }
    const delayMs = this.#hasLost ? this.#times.retryMs : 0
    this.#hasLost = true
    if (delayMs === 0) void this.#offer()
    else this.#offerAfter(delayMs)
  }

  #seriesOver(over: string | null): OfferedList {
    return { series: this.#parts.chance.bytes(16).toHex(), number: 0, over }
  }

  #offerAfter(delayMs: number): void {
    this.#cancel = this.#parts.timers.after(delayMs, () => void this.#offer())
  }

  async #offer(): Promise<void> {
    this.#cancel()
    const list = this.#list
    const body = this.#body
    assert(body !== undefined && list.number > 0, "what is offered has been told")
    if (!this.#isClosed) this.answered(list, await this.#parts.offer(list, body))
  }
}
