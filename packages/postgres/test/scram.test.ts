import fc from "fast-check"
import { expect, test } from "vitest"

import { scramVerifier, verifies } from "../src/scram.ts"

test("a verifier fits the password that it was made from and no other", () => {
  const password = fc.stringMatching(/^[\w-]{8,43}$/)
  fc.assert(
    fc.property(password, password, (one, other) => {
      const stored = scramVerifier(one)
      expect(verifies(stored, one)).toBe(true)
      expect(verifies(stored, other)).toBe(one === other)
    }),
    { numRuns: 30 },
  )
})

test("what is no verifier fits nothing", () => {
  for (const stored of [null, "", "md5abc", "SCRAM-SHA-256$4096:x"]) {
    expect(verifies(stored, "")).toBe(false)
  }
})

test("the verifier is that of RFC 7677, section 3", () => {
  // Its user is `user`, its password `pencil`; the proof there follows from this stored key.
  const salt = Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64")
  expect(scramVerifier("pencil", { iterations: 4096, salt })).toBe(
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==" +
      "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
  )
})
