/**
 * The stream of arrivals to our exchange: one long answer of frames, in the order in which the
 * core's feed chooses them. The newest stream is the one that counts.
 */

import {
  ArrivalFeed,
  type Diagnostics,
  type Digest,
  type HeldArrival,
  type Timers,
} from "@tearline/core"
import { encode } from "@tearline/crypto"
import type { GatewayStore } from "@tearline/store/gateway"

import { codeOf } from "./gateway-error.ts"

export const windowMax = 1024
const noFrame = new Uint8Array(4)

export interface ArrivalParts {
  readonly store: Pick<GatewayStore, "untaken">
  readonly diagnostics: Diagnostics
  /** Arrivals could not be read. */
  readonly onTrouble?: (error: unknown) => void
}

/** Only one stream is served: the newest. */
export class Arrivals {
  readonly #parts: ArrivalParts
  #current: ArrivalStream | undefined

  constructor(parts: ArrivalParts) {
    this.#parts = parts
  }

  /** A new stream, which sends all that is not taken; the one before ends. */
  open(window: number): ReadableStream<Uint8Array> {
    this.#current?.feed.end()
    const stream = new ArrivalStream(this.#parts, window)
    this.#current = stream
    return stream.readable
  }

  held(arrival: HeldArrival): void {
    this.#current?.feed.held(arrival)
  }

  taken(digests: readonly Digest[]): void {
    this.#current?.feed.taken(digests)
  }

  close(): void {
    this.#current?.feed.end()
    this.#current = undefined
  }
}

/** The core's feed as the bytes of one answer. */
class ArrivalStream {
  readonly readable: ReadableStream<Uint8Array>
  readonly feed: ArrivalFeed

  constructor({ store, diagnostics, onTrouble }: ArrivalParts, window: number) {
    this.feed = new ArrivalFeed({
      untaken: (limit, excluding) => store.untaken(limit, excluding),
      timers: machineTimers,
      window,
      onTrouble: (error) => {
        diagnostics("warn", "arrivals_not_read", { code: codeOf(error) })
        onTrouble?.(error)
      },
    })
    const source = {
      pull: (to: ReadableStreamDefaultController<Uint8Array>) => this.#pull(to),
      cancel: () => this.feed.end(),
    }
    // A frame is chosen only once the one before has left our buffers.
    this.readable = new ReadableStream(source, { highWaterMark: 0 })
  }

  async #pull(to: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const arrival = await this.feed.next()
    if (arrival === undefined) to.close()
    else to.enqueue(arrival === null ? noFrame : frameOf(arrival))
  }
}

/** The machine's own timers. */
const machineTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Length in four bytes, then CBOR [unit, custody receipt, custody time]. */
function frameOf({ unit, custody, atMs }: HeldArrival): Uint8Array {
  const content = encode([unit, custody, atMs])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}
