/**
 * What a crash leaves of transactions that were being written: records, each with its length and
 * checksum before it, as a database's log has them. The last may be torn; recovery reads from the
 * front, and stops at the first record whose checksum does not hold.
 */

import { crc32 } from "node:zlib"

import type { Random } from "../time/random.ts"

const headLength = 8
/** A disk writes so much at once. */
const sectorLength = 512

const encoder = new TextEncoder()

/** `content` is data; bytes in it stand as hexadecimal digits. */
export function recordOf(content: unknown): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(content, (_key, value: unknown) =>
    value instanceof Uint8Array ? value.toHex() : value,
  )
  const body = encoder.encode(text)
  const record = new Uint8Array(headLength + body.length)
  const head = new DataView(record.buffer)
  head.setUint32(0, body.length)
  record.set(body, headLength)
  head.setUint32(4, sumOf(record))
  return record
}

/** Over the length too: a sector of zeros is no empty record. */
function sumOf(record: Uint8Array): number {
  return crc32(record.subarray(headLength), crc32(record.subarray(0, 4)))
}

/** As far as it came: cut short, or with a sector that was never written. */
export function torn(record: Uint8Array, random: Random): Uint8Array {
  const sectors = Math.floor(record.length / sectorLength)
  if (sectors === 0 || random.isLucky(0.5)) {
    return record.slice(0, 1 + random.below(record.length - 1))
  }
  const from = random.below(sectors) * sectorLength
  return record.slice().fill(0, from, from + sectorLength)
}

/** Whether a whole record begins at `at`: then where it ends. */
export function endOfRecord(log: Uint8Array, at: number): number | undefined {
  if (at + headLength > log.length) return undefined
  const head = new DataView(log.buffer, log.byteOffset + at, headLength)
  const end = at + headLength + head.getUint32(0)
  if (end > log.length || sumOf(log.subarray(at, end)) !== head.getUint32(4)) return undefined
  return end
}
