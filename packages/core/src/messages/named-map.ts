/** A map with text keys, and none of the other things that an object can be after decoding. */

import * as v from "valibot"

type NamedMap = Readonly<Record<string, unknown>>

function isNamedMap(value: unknown): value is NamedMap {
  if (typeof value !== "object" || value === null) return false
  return !Array.isArray(value) && !(value instanceof Map) && !ArrayBuffer.isView(value)
}

/**
 * Goes before the schema of an object that may lack every field: a list, a byte string or a map
 * with integer keys would otherwise pass for one without any.
 */
export const namedMapSchema: v.GenericSchema<unknown, NamedMap> = v.custom<NamedMap>(
  isNamedMap,
  "not a map with text keys",
)
