/**
 * Messages that have been read out of their bytes, kept for the next who asks.
 *
 * A thread is loaded again and again while its loop runs, and reading a message through the gate
 * costs more than fetching it. A kept one serves only for exactly the same bytes, so that a damaged
 * row is still found.
 */

import type { Message, MessageId } from "@tearline/core"

interface Bytes {
  readonly signed: Uint8Array
  readonly part: Uint8Array
}

interface Read extends Bytes {
  readonly message: Message
}

/** Several kilobytes each. */
const keptMax = 500

export class ReadMessages {
  readonly #kept = new Map<MessageId, Read>()

  /** The message of these bytes, read with `read` unless it is kept. */
  of(id: MessageId, { signed, part }: Bytes, read: () => Message): Message {
    const kept = this.#kept.get(id)
    if (kept !== undefined && isSame(kept.signed, signed) && isSame(kept.part, part)) {
      return kept.message
    }
    const message = read()
    this.#kept.delete(id)
    this.#kept.set(id, { signed, part, message })
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest)
    return message
  }
}

const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0
