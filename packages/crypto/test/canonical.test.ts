/** The canonical gate: one value, one encoding. Differential against a second implementation. */

import {
  cdeDecodeOptions,
  cdeEncodeOptions,
  decode as decodeOther,
  encode as encodeOther,
} from "cbor2"
import fc from "fast-check"
import { expect, test } from "vitest"

import { type Value, decode, encode } from "../src/index.ts"
import { codeOf, fromHex, toHex } from "./fixtures.ts"

const text = fc.string({ unit: "grapheme", maxLength: 40 }).filter((it) => !it.startsWith("\uFEFF"))
const integer = fc.maxSafeInteger().map((it) => (Object.is(it, -0) ? 0 : it))

const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    integer,
    text,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 70 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(integer, tie("value")), {
        maxLength: 5,
        minLength: 1,
        selector: (it) => it[0],
      })
      .map((it): Value => new Map(it)),
    fc
      .dictionary(text, tie("value"), { maxKeys: 5, noNullPrototype: false })
      .map((it): Value => Object.assign(Object.create(null) as object, it) as Value),
  ),
}))

test("M-CBOR-1: every value comes back as it was, from one encoding", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const bytes = encode(value)
      const again = decode(bytes, { depthMax: 30 })
      expect(toHex(encode(again))).toBe(toHex(bytes))
      expect(again).toEqual(value)
    }),
    { numRuns: 400 },
  )
})

test("M-CBOR-1: a second implementation makes and accepts the same bytes", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const bytes = encode(value)
      // Its own Map and object shapes differ; its bytes may not.
      const other = decodeOther(Uint8Array.from(bytes), { ...cdeDecodeOptions, preferMap: true })
      expect(toHex(encodeOther(other, cdeEncodeOptions))).toBe(toHex(bytes))
    }),
    { numRuns: 300 },
  )
})

test("M-CBOR-2: mutated bytes are refused or are themselves the one encoding", () => {
  const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.nat(3) })
  fc.assert(
    fc.property(
      anyValue,
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      (value, mutations) => {
        let bytes = [...encode(value)]
        for (const { at, byte, kind } of mutations)
          bytes = mutated(bytes, at % (bytes.length + 1), byte, kind)
        const input = Uint8Array.from(bytes)
        const result = accepted(input)
        if (result === undefined) return
        expect(toHex(encode(result))).toBe(toHex(input))
      },
    ),
    { numRuns: 3000 },
  )
})

function mutated(bytes: readonly number[], at: number, byte: number, kind: number): number[] {
  const rest = bytes.slice(at + (kind === 0 ? 1 : kind === 1 ? 1 : 0))
  if (kind === 0) return [...bytes.slice(0, at), byte, ...rest]
  if (kind === 1) return [...bytes.slice(0, at), ...rest]
  return kind === 2 ? [...bytes.slice(0, at), byte, ...rest] : bytes.slice(0, at)
}

/** The value, or undefined when refused; any error that is not ours fails the test. */
function accepted(bytes: Uint8Array): Value | undefined {
  let value: Value | undefined
  const code = codeOf(() => {
    value = decode(bytes)
  })
  expect(["accepted", "not_canonical", "too_large"]).toContain(code)
  return value
}

// RFC 8949 4.2.1 and our own narrowing of it, one wrong form each.
const refusedForms: readonly (readonly [string, string])[] = [
  ["an integer in a longer head", "1801"],
  ["a length in a longer head", "580100"],
  ["an indefinite array", "9fff"],
  ["an indefinite byte string", "5f4100ff"],
  ["unsorted text keys", "a2616201616101"],
  ["unsorted integer keys", "a202010101"],
  ["a key twice", "a2010101 02".replace(" ", "")],
  ["mixed keys", "a20101616101"],
  ["a key of bytes", "a1410001"],
  ["a key of null", "a1f601"],
  ["a tag", "c100"],
  ["a half float", "f93c00"],
  ["a double float", "fb3ff8000000000000"],
  ["not a number", "f97e00"],
  ["undefined", "f7"],
  ["a simple value", "e0"],
  ["an integer beyond 2^53 - 1", "1b0020000000000000"],
  ["a negative integer beyond", "3b001fffffffffffff"],
  ["a big integer", "1bffffffffffffffff"],
  ["bad UTF-8", "61ff"],
  ["an overlong UTF-8 form", "62c080"],
  ["a surrogate in UTF-8", "63eda080"],
  ["a leading byte order mark", "63efbbbf"],
  ["bytes after the end", "0000"],
  ["nothing", ""],
  ["a lone break", "ff"],
  ["too few items", "8201"],
  ["a string too short", "4301"],
  ["an array that claims 2^32 items", "9affffffff00"],
  ["a map that claims 2^53 items", "bb001fffffffffffff00"],
]

test.each(refusedForms)("M-CBOR-2: %s is refused", (_, hex) => {
  expect(codeOf(() => decode(fromHex(hex)))).toBe("not_canonical")
})

test("M-CBOR-3: size, depth and number of items are limited before any work", () => {
  expect(codeOf(() => decode(new Uint8Array(1024 * 1024 + 1)))).toBe("too_large")
  expect(codeOf(() => decode(new Uint8Array(1024 * 1024).fill(0x81)))).toBe("too_large")
  expect(codeOf(() => decode(fromHex("818100"), { depthMax: 1 }))).toBe("too_large")
  const many = Uint8Array.from([0x9a, 0, 1, 0, 0, ...new Uint8Array(65_536)])
  expect(codeOf(() => decode(many))).toBe("too_large")
  expect(codeOf(() => decode(many, { itemsMax: 65_537 }))).toBe("accepted")
  expect(decode(fromHex("818100"), { depthMax: 2 })).toEqual([[0]])
})

test("M-CBOR-4: what has no canonical form is not encoded", () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const impossible: unknown[] = [
    1.5,
    Number.NaN,
    -0,
    2 ** 53,
    1n,
    undefined,
    { it: undefined },
    "\uD800",
    { "\uDC00": 1 },
    "\uFEFFmark",
    new Date(0),
    new Map([["text", 1]]),
    new Map([[1.5, 1]]),
    () => 0,
    cyclic,
  ]
  const codes = impossible.map((it) => codeOf(() => encode(it as Value)))
  expect(codes).toEqual(impossible.map(() => "not_encodable"))
})

test("M-CBOR-5: a key called __proto__ is a key like any other", () => {
  const bytes = fromHex("a1695f5f70726f746f5f5fa16178f5")
  const value = decode(bytes) as Record<string, Value>
  expect(Object.keys(value)).toEqual(["__proto__"])
  expect(Object.getPrototypeOf(value)).toBe(null)
  expect((value as { x?: unknown }).x).toBe(undefined)
  expect(toHex(encode(value))).toBe(toHex(bytes))
})

test("the offset of the first wrong byte is told", () => {
  expect(() => decode(fromHex("82001801"))).toThrow(expect.objectContaining({ offset: 2 }))
  expect(() => decode(fromHex("820082f7"))).toThrow(expect.objectContaining({ offset: 3 }))
})

test("decoded byte strings do not change with the input", () => {
  const bytes = encode([Uint8Array.of(1, 2, 3)])
  const [inner] = decode(bytes) as [Uint8Array]
  bytes.fill(0)
  expect([...inner]).toEqual([1, 2, 3])
})
