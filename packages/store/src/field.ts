/** Reads the fields of a batch's rows, which come as the server's text. */

import type { Digest, MessageId, OrgId, ThreadId } from "@tearline/core"

import type { Field } from "./batch.ts"
import { StoreError } from "./error.ts"

/** A field that the table declares `not null`. */
export function textOf(field: Field | undefined): string {
  if (typeof field === "string") return field
  throw new StoreError(
    "corrupt",
    "a field that is never empty is; stop the node and restore the database from a backup",
  )
}

/** `\x…`: hexadecimal is what PostgreSQL sends bytes as, and what we call things by. */
export function hexOf(field: Field | undefined): string {
  return textOf(field).slice(2)
}

// Only ids of the right kind are written to these columns, so that what comes back is one.
export const orgOf = (field: Field | undefined): OrgId => hexOf(field) as OrgId
export const threadIdOf = (field: Field | undefined): ThreadId => hexOf(field) as ThreadId
export const messageIdOf = (field: Field | undefined): MessageId => hexOf(field) as MessageId
export const digestOf = (field: Field | undefined): Digest => hexOf(field) as Digest

/**
 * Selects a column of exact bytes, for `bytesOf` to read. As base64: the driver takes results as
 * text only, and hexadecimal would cost this process four times the work for a sealed unit.
 */
export function base64(column: string): string {
  return `encode(${column}, 'base64')`
}

/** Reads what `base64` selected. */
export function bytesOf(field: Field | undefined): Uint8Array {
  return Buffer.from(textOf(field), "base64")
}

export function numberOf(field: Field | undefined): number {
  return Number(textOf(field))
}

export function booleanOf(field: Field | undefined): boolean {
  return textOf(field) === "t"
}

/** The same for a field that may be empty. */
export function orNull<T>(field: Field | undefined, read: (field: Field) => T): T | null {
  return field === null || field === undefined ? null : read(field)
}
