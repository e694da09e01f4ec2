import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

import fc from "fast-check"
import { afterAll, expect, test } from "vitest"

import { CliError } from "../src/cli-error.ts"
import { parseJson, readJsonFile } from "../src/json-file.ts"
import { jsonCases } from "./public-vectors.ts"

const folder = mkdtempSync(join(tmpdir(), "tearline-json-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** What reading a file of these bytes gives, as a person sees it. */
async function read(bytes: Uint8Array): Promise<{ value: unknown } | { error: unknown }> {
  const path = join(folder, "file.json")
  writeFileSync(path, bytes)
  return readJsonFile(path).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}

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

const isUtf8 = (bytes: Buffer) => Buffer.from(bytes.toString("utf8")).equals(bytes)

function verdictOf(outcome: Awaited<ReturnType<typeof read>>): string {
  if ("value" in outcome) return "accept"
  const { error } = outcome
  const isSaid = error instanceof CliError && error.code === "wrong_content" && error.exit === 2
  return isSaid ? "reject" : `another error: ${String(error)}`
}

const cases = jsonCases()
test(`JSON is read or refused as the published cases say: ${cases.length} found`, async () => {
  for (const { name, expect: published, b64 } of cases) {
    const bytes = Buffer.from(b64, "base64")
    const free = isUtf8(bytes) ? ["accept", "reject"] : ["reject"]
    const allowed = published === "either" ? free : [published]
    expect(allowed, name).toContain(verdictOf(await read(bytes)))
  }
})

test("a file that is not UTF-8 is refused and not repaired", async () => {
  const latin = Buffer.from('{ "what": "P\u00E9tersbourg" }', "latin1")
  expect(await read(latin)).toMatchObject({ error: { code: "wrong_content", exit: 2 } })
  expect(await read(Buffer.from(latin.toString("latin1")))).toEqual({
    value: { what: "P\u00E9tersbourg" },
  })
})
