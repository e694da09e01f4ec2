/** Signed objects: one context a kind, bytes verified as received. */

import { expect, test } from "vitest"

import {
  type KeyOf,
  contextOf,
  encode,
  generateSigningKey,
  kindOf,
  openSigned,
  signPayload,
  signedParts,
} from "../src/index.ts"
import { codeOf, randomFrom, toHex } from "./fixtures.ts"

const key = generateSigningKey(randomFrom("signed"))
const payload = encode({ it: "says" })
const object = signPayload("tearline/warning/v1", key, payload)
const opened = (found: KeyOf) => codeOf(() => openSigned(object, "tearline/warning/v1", found))
const keyOf: KeyOf = () => key.verifying

test("a signed object gives back exactly the payload bytes", () => {
  expect(toHex(openSigned(object, "tearline/warning/v1", keyOf))).toBe(toHex(payload))
})

test("M-SIG-3: an object of one kind is never taken for another", () => {
  expect(codeOf(() => openSigned(object, "tearline/receipt/v1", keyOf))).toBe("wrong_context")
  const { keyId, signature } = signedParts(object)
  const renamed = encode(["tearline/receipt/v1", keyId, payload, signature])
  expect(codeOf(() => openSigned(renamed, "tearline/receipt/v1", keyOf))).toBe("bad_signature")
})

test("M-SIG-4: the key is the one that the object names, or none", () => {
  const other = generateSigningKey(randomFrom("another"))
  expect(opened(() => undefined)).toBe("unknown_key")
  expect(opened(() => other.verifying)).toBe("bad_signature")
})

test("M-SIG-5: an object of another shape, or not canonical, is refused before any signature", () => {
  const { context, keyId, signature } = signedParts(object)
  const shapes = [
    encode([context, keyId, payload]),
    encode([context, keyId, payload, signature, 0]),
    encode([context, keyId.subarray(1), payload, signature]),
    encode([context, keyId, payload, signature.subarray(1)]),
    encode([context, keyId, "text", signature]),
    encode({ context }),
  ]
  expect(shapes.map((it) => codeOf(() => signedParts(it)))).toEqual(shapes.map(() => "malformed"))
  const longer = Uint8Array.from([...object, 0])
  expect(codeOf(() => signedParts(longer))).toBe("not_canonical")
})

test("a context names a kind, and a kind makes a context", () => {
  expect(contextOf("read-back-reply")).toBe("tearline/read-back-reply/v1")
  expect(kindOf("tearline/read-back-reply/v1")).toBe("read-back-reply")
  const bad = ["tearline/Warning/v1", "tearline//v1", "tearline/a/v2", "x/a/v1", "tearline/-/v1"]
  expect(bad.map((it) => codeOf(() => kindOf(it)))).toEqual(bad.map(() => "wrong_context"))
  expect(codeOf(() => contextOf("a/b"))).toBe("not_encodable")
})
