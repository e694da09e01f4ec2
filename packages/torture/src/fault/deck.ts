/** Deals every card once before any comes again, so that enough rounds are sure to meet each. */

import type { Random } from "@tearline/sim"

export class Deck<Card> {
  readonly #cards: readonly Card[]
  readonly #random: Random
  readonly #left: Card[] = []

  constructor(cards: readonly Card[], random: Random) {
    this.#cards = cards
    this.#random = random
  }

  deal(): Card {
    if (this.#left.length === 0) this.#left.push(...this.#cards)
    const [card] = this.#left.splice(this.#random.below(this.#left.length), 1)
    if (card === undefined) throw new RangeError("there is nothing to deal")
    return card
  }
}
