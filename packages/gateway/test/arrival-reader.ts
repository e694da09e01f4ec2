import type { IncomingMessage } from "node:http"

import { type CheckedUnit, type UnitTrust, checkUnit, decode } from "@tearline/crypto"

export interface Frame {
  readonly unit: Uint8Array
  readonly receipt: Uint8Array
  readonly atMs: number
}

/** Reads the frames of an arrivals stream as an exchange does. */
export class ArrivalReader {
  readonly #chunks: AsyncIterator<Buffer>
  readonly #incoming: IncomingMessage
  #bytes: Buffer = Buffer.alloc(0)

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming
    // A gateway that is killed ends the stream in the middle.
    incoming.on("error", () => undefined)
    this.#chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  }

  /** The next frame that holds something; undefined once the stream has ended. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const length = await this.#take(4)
      if (length === undefined) return undefined
      const content = await this.#take(length.readUInt32BE())
      if (content === undefined) return undefined
      if (content.length === 0) continue
      const [unit, receipt, atMs] = decode(content, { bytesMax: 2 ** 21 }) as [never, never, never]
      return { unit, receipt, atMs }
    }
  }

  async frames(count: number): Promise<readonly Frame[]> {
    const frames: Frame[] = []
    while (frames.length < count) {
      const frame = await this.next()
      if (frame === undefined) break
      frames.push(frame)
    }
    return frames
  }

  close(): void {
    this.#incoming.destroy()
  }

  async #take(count: number): Promise<Buffer | undefined> {
    while (this.#bytes.length < count) {
      const { done, value } = await this.#chunks.next()
      if (done === true) return undefined
      this.#bytes = Buffer.concat([this.#bytes, value])
    }
    const taken = this.#bytes.subarray(0, count)
    this.#bytes = this.#bytes.subarray(count)
    return taken
  }
}

/** What a frame's unit says on its outside. */
export function outsideOf(frame: Frame, trust: UnitTrust): CheckedUnit {
  return checkUnit(frame.unit, trust)
}
