/**
 * The stream of arrivals to our exchange: one long answer, most urgent first.
 *
 * A frame is written only when the one before has left our buffers, and what goes next is chosen
 * only then: a FLASH that comes in overtakes everything not yet written. At most a window of frames
 * is out and not taken, an eighth of it for FLASH alone. The database is the queue; a commit wakes
 * the stream, and a slow sweep finds what another process of the same gateway has committed.
 */

import { type Digest, type HeldArrival, type Lane } from "@tearline/core"
import { encode } from "@tearline/crypto"
import type { GatewayStore } from "@tearline/store/gateway"

import type { Diagnostics } from "./diagnostics.ts"
import { codeOf } from "./gateway-error.ts"

export const windowMax = 1024
const batchCount = 16
const sweepMs = 1000
const keepAliveMs = 15_000
const noFrame = new Uint8Array(4)

export interface ArrivalParts {
  readonly store: Pick<GatewayStore, "untaken">
  readonly diagnostics: Diagnostics
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
    this.#current?.end()
    const stream = new ArrivalStream(this.#parts, window)
    this.#current = stream
    return stream.readable
  }

  held(lane: Lane): void {
    this.#current?.held(lane)
  }

  taken(digests: readonly Digest[]): void {
    this.#current?.taken(digests)
  }

  close(): void {
    this.#current?.end()
    this.#current = undefined
  }
}

class ArrivalStream {
  readonly readable: ReadableStream<Uint8Array>
  readonly #parts: ArrivalParts
  readonly #commonMax: number
  readonly #windowMax: number
  readonly #out = new Map<Digest, Lane>()
  #commonOut = 0
  #batch: HeldArrival[] = []
  /** What was taken since the store was last asked: its answer may be from before. */
  readonly #takenSince = new Set<Digest>()
  #isEnded = false
  #isFirst = true
  #wake: () => void = () => undefined

  constructor(parts: ArrivalParts, window: number) {
    this.#parts = parts
    this.#windowMax = window
    this.#commonMax = window - Math.ceil(window / 8)
    const source = {
      pull: (to: ReadableStreamDefaultController<Uint8Array>) => this.#pull(to),
      cancel: () => this.end(),
    }
    this.readable = new ReadableStream(source, { highWaterMark: 0 })
  }

  end(): void {
    this.#isEnded = true
    this.#wake()
  }

  held(lane: Lane): void {
    // Read again from the store if what is at hand is less urgent than what has just come.
    if ((this.#batch[0]?.lane ?? 0) > lane) this.#batch = []
    this.#wake()
  }

  taken(digests: readonly Digest[]): void {
    for (const digest of digests) {
      this.#takenSince.add(digest)
      const lane = this.#out.get(digest)
      if (lane === undefined) continue
      this.#out.delete(digest)
      if (lane !== 0) this.#commonOut -= 1
    }
    this.#batch = this.#batch.filter((it) => !this.#takenSince.has(it.digest))
    this.#wake()
  }

  async #pull(to: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    // An empty frame at once: the exchange learns that it is connected.
    if (this.#isFirst) {
      this.#isFirst = false
      to.enqueue(noFrame)
      return
    }
    const frame = await this.#nextFrame()
    if (frame === undefined) to.close()
    else to.enqueue(frame)
  }

  /** The next frame, an empty one when nothing comes for long; undefined at the end. */
  async #nextFrame(): Promise<Uint8Array | undefined> {
    const keepAliveAt = performance.now() + keepAliveMs
    while (!this.#isEnded) {
      // Made before looking, so that what comes while we look is not missed.
      const woken = this.#nextWake()
      const arrival = await this.#next()
      if (arrival !== undefined) return frameOf(arrival)
      const leftMs = keepAliveAt - performance.now()
      if (leftMs <= 0) return noFrame
      await either(woken, Math.min(sweepMs, leftMs))
    }
    return undefined
  }

  #nextWake(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    return promise
  }

  async #next(): Promise<HeldArrival | undefined> {
    if (this.#out.size >= this.#windowMax) return undefined
    if (this.#batch.length === 0) await this.#fill()
    const mayCommon = this.#commonOut < this.#commonMax
    const at = this.#batch.findIndex((it) => mayCommon || it.lane === 0)
    const arrival = at === -1 ? undefined : this.#batch.splice(at, 1)[0]
    if (arrival === undefined || this.#isEnded) return undefined
    this.#out.set(arrival.digest, arrival.lane)
    if (arrival.lane !== 0) this.#commonOut += 1
    return arrival
  }

  async #fill(): Promise<void> {
    this.#takenSince.clear()
    try {
      const waiting = await this.#parts.store.untaken(batchCount, [...this.#out.keys()])
      this.#batch = waiting.filter((it) => !this.#takenSince.has(it.digest))
    } catch (error) {
      this.#parts.diagnostics("warn", "arrivals_not_read", { code: codeOf(error) })
    }
  }
}

async function either(woken: Promise<void>, afterMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, afterMs)
  await Promise.race([woken, promise])
  clearTimeout(timer)
}

/** Length in four bytes, then CBOR [unit, custody receipt, custody time]. */
function frameOf({ unit, custody, atMs }: HeldArrival): Uint8Array {
  const content = encode([unit, custody, atMs])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}
