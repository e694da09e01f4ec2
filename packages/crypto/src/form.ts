/**
 * Reads the fields of a decoded object, strictly: exact keys, exact lengths, integers in range.
 *
 * The canonical gate says that bytes have one reading; this says that the reading has the shape
 * that the specification gives. Everything else is `malformed`.
 */

import type { Value } from "./canonical.ts"
import { CryptoError } from "./crypto-error.ts"

/** The values of a map that has exactly the integer keys 1 to `count`. */
export function fieldsOf(value: Value, count: number, what: string): (key: number) => Value {
  if (!(value instanceof Map) || value.size !== count) throw malformed(what)
  const map = value as ReadonlyMap<number, Value>
  for (let key = 1; key <= count; key++) {
    if (!map.has(key)) throw malformed(what)
  }
  return (key) => map.get(key) ?? null
}

/** An array of exactly so many items. */
export function itemsOf(value: Value, count: number, what: string): readonly Value[] {
  if (!Array.isArray(value) || value.length !== count) throw malformed(what)
  return value as readonly Value[]
}

/** Any list, each item read by `read`. */
export function listOf<Item>(
  value: Value | undefined,
  read: (item: Value) => Item,
  what: string,
): readonly Item[] {
  if (!Array.isArray(value)) throw malformed(what)
  return (value as readonly Value[]).map(read)
}

/** A byte string of exactly so many bytes, or of any number if none is given. */
export function bytesOf(value: Value | undefined, what: string, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw malformed(what)
  if (length !== undefined && value.length !== length) throw malformed(what)
  return value
}

/** An integer from `least` up to `most`. */
export function integerOf(
  value: Value | undefined,
  what: string,
  least = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== "number" || value < least || value > most) throw malformed(what)
  return value
}

/** Text of 1 to `most` UTF-16 units. */
export function textOf(value: Value | undefined, what: string, most: number): string {
  if (typeof value !== "string" || value.length === 0 || value.length > most) throw malformed(what)
  return value
}

/** Null, or what `read` makes of it. */
export function nullOr<Item>(
  value: Value | undefined,
  read: (value: Value | undefined) => Item,
): Item | null {
  return value === null ? null : read(value)
}

/** A map with text keys. */
export function mapOf(value: Value | undefined, what: string): Readonly<Record<string, Value>> {
  if (typeof value !== "object" || value === null) throw malformed(what)
  if (value instanceof Uint8Array || value instanceof Map || Array.isArray(value)) {
    throw malformed(what)
  }
  return value as Readonly<Record<string, Value>>
}

/** The refusal of an object of another shape. */
export function malformed(what: string): CryptoError {
  return new CryptoError("malformed", `${what} has another shape than the specification gives it`)
}
