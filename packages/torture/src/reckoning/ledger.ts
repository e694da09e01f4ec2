/**
 * What was promised to somebody, written down outside the nodes at the moment they promised it.
 *
 * An act that its own desk has answered is durable. One that was asked and never answered is no
 * promise: it may be there or not, but on both sides alike.
 */

/** One message that the sender's own desk has acknowledged, to one addressee. */
export interface Said {
  readonly from: string
  readonly to: string
  readonly thread: string
  readonly message: string
}

/** What desks have promised and shown so far; nothing is ever taken out of it. */
export class Ledger {
  readonly #said: Said[] = []
  readonly #shown = new Map<string, { readonly at: string; readonly message: string }>()
  #unanswered = 0

  /** The sender's desk has answered that this is said. */
  noteSaid(said: Said): void {
    this.#said.push(said)
  }

  /** A desk has shown this message to its officers. */
  noteShown(at: string, message: string): void {
    this.#shown.set(`${at} ${message}`, { at, message })
  }

  /** An act was asked for, and the answer did not come. */
  noteUnanswered(): void {
    this.#unanswered += 1
  }

  get said(): readonly Said[] {
    return this.#said
  }

  get shown(): readonly { readonly at: string; readonly message: string }[] {
    return [...this.#shown.values()]
  }

  get acknowledged(): number {
    return this.#said.length
  }

  get unanswered(): number {
    return this.#unanswered
  }
}
