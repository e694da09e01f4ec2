/**
 * The canonical gate: one value has one encoding, and only that encoding is let in.
 *
 * Deterministic CBOR after RFC 8949 4.2.1, narrowed to what a signed object needs: integers that
 * are exact in every language, byte strings, well-formed text, arrays, maps whose keys are all text
 * or all integers, booleans and null. Bytes from outside are scanned (size, depth and form, before
 * anything is allocated), decoded, encoded again and compared: what a lenient decoder let through,
 * such as unsorted keys, differs. Canonical form is a gate in front of verification and no step in
 * it: signatures are checked over the bytes as received. spec/canonical-form.md.
 *
 * A map with text keys is an object without prototype, so that `__proto__` is a key like any other;
 * a map with integer keys is a Map. The empty map is an object.
 */

import {
  type EncodeOptions,
  decode as decodeCbor,
  encode as encodeCbor,
  rfc8949EncodeOptions,
} from "cborg"

import { scan } from "./canonical-scan.ts"
import { CryptoError } from "./crypto-error.ts"

/** What can be encoded and what comes back. Objects may hold no undefined; numbers are integers. */
export type Value =
  | number
  | string
  | boolean
  | null
  | Uint8Array
  | readonly Value[]
  | ReadonlyMap<number, Value>
  | { readonly [key: string]: Value }

/** Limits checked before any work is done. */
export interface Limits {
  readonly bytesMax?: number
  readonly depthMax?: number
  /** Of all items at all levels, keys counted. */
  readonly itemsMax?: number
}

const bytesMaxDefault = 1024 * 1024
const depthMaxDefault = 16
const itemsMaxDefault = 65_536

const encodeOptions: EncodeOptions = rfc8949EncodeOptions
const decodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  useMaps: true,
}

/**
 * The one encoding of a value. Throws `not_encodable` for anything that {@link Value} does not
 * name: fractions, undefined, lone surrogates, text that begins with a byte order mark, mixed
 * keys.
 */
export function encode(value: Value): Uint8Array {
  mustBeEncodable(value, 0)
  return encodeCbor(value, encodeOptions)
}

/**
 * The value of exactly these bytes. Throws `too_large` beyond the limits and `not_canonical` for
 * bytes that {@link encode} would not have made, with the offset of the first difference.
 *
 * Byte strings are copies: they outlive and cannot change what was passed in.
 */
export function decode(bytes: Uint8Array, limits: Limits = {}): Value {
  const bytesMax = limits.bytesMax ?? bytesMaxDefault
  if (bytes.length > bytesMax) {
    throw new CryptoError("too_large", `${bytes.length} bytes are over the limit of ${bytesMax}`)
  }
  const { depthMax = depthMaxDefault, itemsMax = itemsMaxDefault } = limits
  scan(bytes, depthMax, itemsMax)
  const value = shaped(decoding(bytes))
  const again = encodeCbor(value, encodeOptions)
  const offset = firstDifference(bytes, again)
  if (offset !== undefined) {
    const message = `the bytes differ from their canonical form at ${offset}: encode them again`
    throw new CryptoError("not_canonical", message, { offset })
  }
  return value
}

function decoding(bytes: Uint8Array): unknown {
  try {
    return decodeCbor(bytes, decodeOptions)
  } catch {
    // No cause: the decoder's own words quote keys, which are content.
    throw new CryptoError("not_canonical", "the bytes are no deterministic CBOR")
  }
}

function firstDifference(left: Uint8Array, right: Uint8Array): number | undefined {
  if (Buffer.compare(left, right) === 0) return undefined
  const at = left.findIndex((byte, index) => byte !== right[index])
  return at === -1 ? left.length : at
}

/** Turns the decoder's maps into the one shape that each kind of map has here. */
function shaped(decoded: unknown): Value {
  if (Array.isArray(decoded)) return decoded.map(shaped)
  if (!(decoded instanceof Map)) return decoded as Value
  const map = decoded as Map<unknown, unknown>
  const isNumbered = map.size > 0 && typeof map.keys().next().value === "number"
  return isNumbered ? numbered(map) : named(map)
}

function numbered(map: Map<unknown, unknown>): Value {
  const shape = new Map<number, Value>()
  for (const [key, value] of map) {
    if (typeof key !== "number") throw mixedKeys()
    shape.set(key, shaped(value))
  }
  return shape
}

function named(map: Map<unknown, unknown>): Value {
  const shape = Object.create(null) as Record<string, Value>
  for (const [key, value] of map) {
    if (typeof key !== "string") throw mixedKeys()
    shape[key] = shaped(value)
  }
  return shape
}

function mixedKeys(): CryptoError {
  return new CryptoError("not_canonical", "a map's keys must be all text or all integers")
}

function mustBeEncodable(value: unknown, depth: number): void {
  if (depth > depthMaxDefault) throw notEncodable("nested deeper than 16 levels")
  switch (typeof value) {
    case "boolean":
      return
    case "number":
      // Negative zero would come back as zero.
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return
      throw notEncodable("a number that is no safe integer")
    case "string":
      mustBeText(value)
      return
    case "object":
      mustBeEncodableObject(value, depth)
      return
    default:
      throw notEncodable(`a value of type ${typeof value}`)
  }
}

function mustBeEncodableObject(value: object | null, depth: number): void {
  if (value === null || value instanceof Uint8Array) return
  if (Array.isArray(value)) {
    for (const item of value) mustBeEncodable(item, depth + 1)
  } else if (value instanceof Map) {
    for (const [key, item] of value as Map<unknown, unknown>) {
      if (typeof key !== "number") throw notEncodable("a Map with a key that is no integer")
      mustBeEncodable(key, depth + 1)
      mustBeEncodable(item, depth + 1)
    }
  } else {
    mustBePlain(value)
    for (const [key, item] of Object.entries(value)) {
      mustBeText(key)
      mustBeEncodable(item, depth + 1)
    }
  }
}

function mustBePlain(value: object): void {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) {
    throw notEncodable("an object of a class")
  }
}

function mustBeText(text: string): void {
  if (!text.isWellFormed()) throw notEncodable("text with a lone surrogate")
  // Decoders take a leading mark for a sign of the encoding and drop it: other bytes come back.
  if (text.startsWith("\uFEFF")) throw notEncodable("text that begins with a byte order mark")
}

function notEncodable(what: string): CryptoError {
  return new CryptoError("not_encodable", `${what} has no canonical form: change the value`)
}
