/**
 * Whether a message's bytes are those that were written, down to the last bit.
 *
 * A page's checksum finds what turned over on the disk, and nothing that turned over before the
 * page was written. A message's id covers its signed payload; the sum covers signature and part
 * too. What opens it for a third party is read only when it is given back, and has its own.
 */

import { createHash } from "node:crypto"

import type { MessageId } from "@tearline/core"

import { StoreError } from "../error.ts"

interface Bytes {
  readonly signed: Uint8Array
  readonly part: Uint8Array
}

interface Named {
  readonly id: MessageId
}

/** SHA-256 of both, one after the other. */
export function sumOf({ signed, part }: Bytes): Uint8Array {
  return hashOf(signed, part)
}

/** SHA-256 of the opening alone. */
export function openingSumOf({ opening }: { readonly opening: Uint8Array }): Uint8Array {
  return hashOf(opening)
}

/** Gives the message back. Throws `corrupt` where signature, payload or part are not as written. */
export function asWritten<Row extends Bytes & Named>(row: Row, sum: Uint8Array): Row {
  return same(row, sumOf(row), sum)
}

/** Gives the message back. Throws `corrupt` where its opening is not as written. */
export function withOpeningAsWritten<Row extends Named & { readonly opening: Uint8Array }>(
  row: Row,
  sum: Uint8Array,
): Row {
  return same(row, openingSumOf(row), sum)
}

function hashOf(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256")
  for (const it of parts) hash.update(it)
  return hash.digest()
}

function same<Row extends Named>(row: Row, found: Uint8Array, written: Uint8Array): Row {
  if (Buffer.compare(found, written) === 0) return row
  const message =
    `the stored message ${row.id} is damaged; ` +
    "stop the node and restore the database from a backup"
  throw new StoreError("corrupt", message, { about: row.id })
}
