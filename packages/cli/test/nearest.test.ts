import fc from "fast-check"
import { expect, test } from "vitest"

import { nearest } from "../src/nearest.ts"

const names = ["accept", "action", "inbox", "peer add", "read-back", "read-back-reply", "warn"]

test("a name with one slip finds itself", () => {
  expect(nearest("acept", names)).toBe("accept")
  expect(nearest("wran", names)).toBe("warn")
  expect(nearest("INBOX", names)).toBe("inbox")
  expect(nearest("read-bakc", names)).toBe("read-back")
  expect(nearest("peer ad", names)).toBe("peer add")
})

test("what is near to nothing finds nothing", () => {
  expect(nearest("launch", names)).toBeUndefined()
  expect(nearest("x", names)).toBeUndefined()
  expect(nearest("x", [])).toBeUndefined()
})

test("every name is its own nearest", () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), (name) => {
      expect(nearest(name, names)).toBe(name)
    }),
  )
})
