import fc from "fast-check"
import { expect, test } from "vitest"

import { columnOf } from "../src/column.ts"
import { hash } from "./writes.ts"

/** Reads a one-dimensional array as PostgreSQL's array_recv does, down to the bytes of each element. */
function elementsOf(buffer: Buffer): (string | null)[] {
  const elements: (string | null)[] = []
  let offset = 20
  while (offset < buffer.length) {
    const size = buffer.readInt32BE(offset)
    offset += 4
    elements.push(size < 0 ? null : buffer.toString("hex", offset, offset + size))
    offset += Math.max(size, 0)
  }
  expect(buffer.readInt32BE(12)).toBe(elements.length)
  expect(buffer.readInt32BE(4)).toBe(elements.includes(null) ? 1 : 0)
  return elements
}

test("bytes, ids and text are written as they are, and what is missing as missing", () => {
  const rows = fc.array(fc.option(fc.uint8Array({ maxLength: 40 })))
  fc.assert(
    fc.property(rows, (values) => {
      const hexed = values.map((it) => (it === null ? null : Buffer.from(it).toString("hex")))
      expect(elementsOf(columnOf("bytes", values))).toEqual(hexed)
      expect(elementsOf(columnOf("id", hexed))).toEqual(hexed)
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (values) => {
      const hexed = values.map((it) => Buffer.from(it).toString("hex"))
      expect(elementsOf(columnOf("text", values))).toEqual(hexed)
    }),
  )
})

test("every whole number that JavaScript holds is written exactly", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const buffer = columnOf("whole", [value])
      expect(buffer.readBigInt64BE(24)).toBe(BigInt(value))
    }),
  )
  expect(() => columnOf("whole", [0.5])).toThrow(RangeError)
})

test("what is no hexadecimal is never written as an id", () => {
  for (const bad of ["zz", `${hash("a").slice(2)}xx`, "éé"]) {
    expect(() => columnOf("id", [bad]), bad).toThrow("not hexadecimal")
  }
})
