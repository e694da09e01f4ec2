/**
 * Whether a message's bytes are those that were written, down to the last bit.
 *
 * A page's checksum finds what turned over on the disk, and nothing that turned over before the
 * page was written. A message's id covers its signed payload; the sum covers signature and part
 * too.
 */

import { createHash } from "node:crypto"

import { StoreError } from "../error.ts"

interface Bytes {
  readonly signed: Uint8Array
  readonly part: Uint8Array
}

/** SHA-256 of both, one after the other. */
export function sumOf({ signed, part }: Bytes): Uint8Array {
  return createHash("sha256").update(signed).update(part).digest()
}

/** Gives them back. Throws `corrupt` where they are others than were written. */
export function asWritten<Row extends Bytes>(row: Row, sum: Uint8Array): Row {
  if (Buffer.compare(sumOf(row), sum) === 0) return row
  throw new StoreError("corrupt", "a stored message is damaged; stop and restore from a backup")
}
