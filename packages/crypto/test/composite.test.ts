/** Composite signatures against the working group's vectors, and both-or-nothing. */

import fc from "fast-check"
import { expect, test } from "vitest"

import { signatureBytes } from "../src/composite.ts"
import {
  generateSigningKey,
  keyIdOf,
  seedOfSigningKey,
  sign,
  signingKeyFromSeed,
  verify,
  verifyingKeyFrom,
} from "../src/index.ts"
import { codeOf, fromBase64, publicVectors, randomFrom, toHex } from "./fixtures.ts"

interface CompositeVectors {
  readonly m: string
  readonly ctx: string
  readonly tests: readonly Record<"pk" | "sk" | "s" | "sWithContext", string>[]
}

const published = publicVectors("composite-signatures/mldsa65-ed25519.json") as
  | CompositeVectors
  | undefined
const cases = published?.tests ?? []
const message = fromBase64(published?.m ?? "")
const context = Buffer.from(published?.ctx ?? "", "base64").toString()
const key = generateSigningKey(randomFrom("composite"))

test(`M-SIG-1: the published composite vectors hold: ${cases.length} found`, () => {
  for (const it of cases) {
    const verifying = verifyingKeyFrom(fromBase64(it.pk))
    const [plain, contextual] = [fromBase64(it.s), fromBase64(it.sWithContext)]
    expect(verify("", verifying, message, plain)).toBe(true)
    expect(verify(context, verifying, message, contextual)).toBe(true)
    expect(verify("", verifying, message, contextual)).toBe(false)
    expect(verify(context, verifying, message, plain)).toBe(false)
    const signing = signingKeyFromSeed(fromBase64(it.sk))
    expect(toHex(signing.verifying.publicKey)).toBe(toHex(verifying.publicKey))
    expect(verify(context, verifying, message, sign(context, signing, message))).toBe(true)
  }
})

test("M-SIG-2: a signature with either part replaced or damaged verifies nothing", () => {
  const other = generateSigningKey(randomFrom("other"))
  const mine = sign("tearline/warning/v1", key, message)
  const theirs = sign("tearline/warning/v1", other, message)
  const mixed = [
    Buffer.concat([mine.subarray(0, 3309), theirs.subarray(3309)]),
    Buffer.concat([theirs.subarray(0, 3309), mine.subarray(3309)]),
    mine.subarray(0, 3309),
    mine.subarray(3309),
    Buffer.concat([mine, Buffer.of(0)]),
  ]
  const holds = (it: Uint8Array) => verify("tearline/warning/v1", key.verifying, message, it)
  expect(holds(mine)).toBe(true)
  expect(mixed.filter(holds)).toEqual([])
})

test("a single flipped bit anywhere in a signature is refused", () => {
  const signature = sign("tearline/warning/v1", key, message)
  fc.assert(
    fc.property(fc.nat(signatureBytes - 1), fc.nat(7), (at, bit) => {
      const flipped = Uint8Array.from(signature)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
      expect(verify("tearline/warning/v1", key.verifying, message, flipped)).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test("a key comes back from its seeds, and its id is the start of its hash", () => {
  const again = signingKeyFromSeed(seedOfSigningKey(key))
  expect(toHex(again.verifying.publicKey)).toBe(toHex(key.verifying.publicKey))
  expect(toHex(keyIdOf(key.verifying.publicKey))).toBe(toHex(key.verifying.id))
  expect(key.verifying.id.length).toBe(16)
  expect(codeOf(() => signingKeyFromSeed(new Uint8Array(63)))).toBe("bad_key")
  expect(codeOf(() => verifyingKeyFrom(new Uint8Array(1983)))).toBe("bad_key")
})

test("a key shows none of its secret when printed", () => {
  const seed = seedOfSigningKey(key)
  const printed = JSON.stringify(key) + String(Object.values(key.lattice))
  expect(printed).not.toContain(toHex(seed.subarray(0, 8)))
  expect(printed).not.toContain(Buffer.from(seed.subarray(0, 9)).toString("base64"))
})
