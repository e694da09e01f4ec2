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
  readonly #running = new Set<OrgId>()
  /** Asked for while a page was under way: there may be room for another after all. */
  readonly #again = new Map<OrgId, ReturnsDue>()
  #isClosed = false

  constructor(parts: GivingBackParts) {
    this.#parts = parts
  }

  /** Peers that are being given back to at this moment. */
  get running(): number {
    return this.#running.size
  }

  /** Begins, or goes on after the page that is under way; a newer restore follows the older one. */
  due(due: ReturnsDue): void {
    if (this.#running.has(due.peer)) this.#again.set(due.peer, due)
    else void this.#run(due)
  }

  close(): void {
    this.#isClosed = true
  }

  async #run(first: ReturnsDue): Promise<void> {
    const { peer } = first
    this.#running.add(peer)
    try {
      let next: ReturnsDue | null = first
      while (next !== null && !this.#isClosed) next = await this.#page(next)
    } catch (error) {
      this.#parts.onTrouble(peer, error)
    }
    this.#running.delete(peer)
    this.#again.delete(peer)
  }

  async #page(due: ReturnsDue): Promise<ReturnsDue | null> {
    const answer = await this.#parts.submit(due)
    const next = answer.kind === "given-back" ? answer.next : null
    const asked = this.#again.get(due.peer)
    this.#again.delete(due.peer)
    if (asked === undefined) return next
    return next === null || asked.epoch > next.epoch ? asked : next
  }
}
