/** Hints to whoever looks at the desk that something changed: server-sent events with ids only. */

import type { ThreadId } from "@tearline/core"

export type DeskEvent =
  /** The feed is open: whatever changes from here on is told. */
  | { readonly kind: "open" }
  | { readonly kind: "thread"; readonly thread: ThreadId }
  | { readonly kind: "peers" }

const keepAliveMs = 15_000
const comment = ": here\n\n"
/** A reader this far behind is let go: it asks again and sees everything. */
const bytesBehindMax = 65_536

export class Events {
  readonly #readers = new Set<(text: string | null) => void>()

  get readers(): number {
    return this.#readers.size
  }

  tell(event: DeskEvent): void {
    if (this.#readers.size === 0) return
    const text = `data: ${JSON.stringify(event)}\n\n`
    for (const write of this.#readers) write(text)
  }

  /** Ends every stream, so that the desk's socket can be closed. */
  close(): void {
    for (const write of this.#readers) write(null)
  }

  /** A reader's stream; it ends when the reader goes, or falls too far behind. */
  open(): ReadableStream<Uint8Array> {
    const reader = new Reader(this.#readers)
    return new ReadableStream(reader, {
      highWaterMark: bytesBehindMax,
      size: (chunk) => chunk.length,
    })
  }
}

class Reader {
  readonly #readers: Set<(text: string | null) => void>
  readonly #encoder = new TextEncoder()
  readonly #write = (text: string | null): void => this.#send(text)
  #to: ReadableStreamDefaultController<Uint8Array> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(readers: Set<(text: string | null) => void>) {
    this.#readers = readers
  }

  start(to: ReadableStreamDefaultController<Uint8Array>): void {
    this.#to = to
    this.#readers.add(this.#write)
    this.#timer = setInterval(() => this.#send(comment), keepAliveMs)
    // At once, so that the reader knows that whatever changes from here on is told.
    this.#send(`data: ${JSON.stringify({ kind: "open" } satisfies DeskEvent)}\n\n`)
  }

  cancel(): void {
    clearInterval(this.#timer)
    this.#readers.delete(this.#write)
  }

  #send(text: string | null): void {
    if (text !== null && (this.#to?.desiredSize ?? 0) > 0) {
      this.#to?.enqueue(this.#encoder.encode(text))
      return
    }
    this.cancel()
    this.#to?.close()
  }
}
