/** Giving back to restored peers: page after page, one run at a time for each peer. */

import type { ExchangeAnswer, ExchangeInput, ReturnsDue } from "../exchange/inputs.ts"
import type { OrgId } from "../ids.ts"

export interface GivingBackParts {
  readonly submit: (input: ExchangeInput) => Promise<ExchangeAnswer>
  /** A page could not be given; the next tick begins where it stopped. */
  readonly onTrouble: (peer: OrgId, error: unknown) => void
}

export class GivingBack {
  readonly #parts: GivingBackParts
  readonly #running = new Map<OrgId, ReturnsDue>()
  #isClosed = false

  constructor(parts: GivingBackParts) {
    this.#parts = parts
  }

  /** Peers that are being given back to at this moment. */
  get running(): number {
    return this.#running.size
  }

  /** Begins, unless it is under way. A newer restore of the same peer follows the older one. */
  due(due: ReturnsDue): void {
    const running = this.#running.get(due.peer)
    if (running === undefined) void this.#run(due)
    else if (due.epoch > running.epoch) this.#running.set(due.peer, due)
  }

  close(): void {
    this.#isClosed = true
  }

  async #run(first: ReturnsDue): Promise<void> {
    const { peer } = first
    this.#running.set(peer, first)
    try {
      let next: ReturnsDue | null = first
      while (next !== null && !this.#isClosed) next = await this.#page(next)
    } catch (error) {
      this.#parts.onTrouble(peer, error)
    }
    this.#running.delete(peer)
  }

  async #page(due: ReturnsDue): Promise<ReturnsDue | null> {
    const answer = await this.#parts.submit(due)
    const next = answer.kind === "given-back" ? answer.next : null
    if (next !== null) return next
    const newer = this.#running.get(due.peer)
    return newer !== undefined && newer.epoch > due.epoch ? newer : null
  }
}
