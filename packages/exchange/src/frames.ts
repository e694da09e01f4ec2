/**
 * The stream of arrivals taken apart: a length in four bytes, then CBOR [unit, custody receipt,
 * custody time]. A frame of no length only says that the line is alive.
 */

import { decode, unitBytesMax } from "@tearline/crypto"

import { ExchangeError } from "./exchange-error.ts"

const lengthBytes = 4
const frameBytesMax = unitBytesMax + 16_384

export interface Frame {
  readonly unit: Uint8Array
  readonly receipt: Uint8Array
  readonly atMs: number
}

/** Puts chunks together again, joining them only once a frame is whole. */
class Assembly {
  #chunks: Buffer[] = []
  #bytes = 0

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
  }

  /** The next whole frame, undefined while there is none. Throws `too_large`. */
  next(bytesMax: number): Buffer | undefined {
    if (this.#bytes < lengthBytes) return undefined
    const length = this.#length()
    if (length > bytesMax) throw new ExchangeError("too_large", "a frame is too long")
    const end = lengthBytes + length
    if (this.#bytes < end) return undefined
    const all = this.#joined()
    this.#chunks = all.length === end ? [] : [all.subarray(end)]
    this.#bytes -= end
    return all.subarray(lengthBytes, end)
  }

  #length(): number {
    const [first] = this.#chunks
    return (
      first !== undefined && first.length >= lengthBytes ? first : this.#joined()
    ).readUInt32BE()
  }

  #joined(): Buffer {
    const [first] = this.#chunks
    const isOne = this.#chunks.length === 1 && first !== undefined
    const all = isOne ? first : Buffer.concat(this.#chunks)
    this.#chunks = [all]
    return all
  }
}

/** Yields frames as they become whole, and null for each sign of life. Throws `too_large`. */
export async function* framesOf(
  source: AsyncIterable<Buffer>,
  bytesMax: number = frameBytesMax,
): AsyncGenerator<Buffer | null> {
  const assembly = new Assembly()
  for await (const chunk of source) {
    assembly.add(chunk)
    let frame = assembly.next(bytesMax)
    while (frame !== undefined) {
      yield frame.length === 0 ? null : frame
      frame = assembly.next(bytesMax)
    }
  }
}

/** Throws `malformed_request`, or the codes of `decode`. */
export function readFrame(bytes: Uint8Array): Frame {
  const value = decode(bytes, { bytesMax: frameBytesMax, depthMax: 1 })
  if (Array.isArray(value) && value.length === 3) {
    const [unit, receipt, atMs] = value as unknown[]
    const isFrame = unit instanceof Uint8Array && receipt instanceof Uint8Array
    if (isFrame && typeof atMs === "number") return { unit, receipt, atMs }
  }
  throw new ExchangeError("malformed_request", "a frame is [unit, custody receipt, custody time]")
}
