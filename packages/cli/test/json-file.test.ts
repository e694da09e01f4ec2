import fc from "fast-check"
import { expect, test } from "vitest"

import { CliError } from "../src/cli-error.ts"
import { parseJson } from "../src/json-file.ts"

function refusal(text: string): CliError {
  try {
    parseJson(text, "file.json")
  } catch (error) {
    if (error instanceof CliError) return error
  }
  throw new Error("it was read")
}

test("what is wrong in a JSON file is named by line and column", () => {
  expect(refusal('{\n  "a": 1,\n  b\n}').message).toBe("file.json is not JSON at line 3, column 3")
  expect(refusal('{ "a": 1,').message).toBe("file.json is not JSON at line 1, column 10")
  expect(refusal("").message).toBe("file.json is not JSON at line 1, column 1")
  expect(refusal('{ "a": 1, }').message).toBe("file.json is not JSON at line 1, column 11")
})

test("every text is read, or refused with a hint and never with its content", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 30 }), (secret) => {
      const { message, hint, exit } = refusal(`{ "a": "${JSON.stringify(secret)}`)
      expect(message + hint).not.toContain(secret)
      expect(exit).toBe(2)
    }),
  )
})
