/** Custody receipts and refusals: each says one thing, and only by the key that is trusted. */

import { expect, test } from "vitest"

import {
  checkUnit,
  encode,
  openCustody,
  openRefusal,
  signCustody,
  signPayload,
  signRefusal,
} from "../src/index.ts"
import { codeOf } from "./fixtures.ts"
import { alder, at, birch, departed, trustOf } from "./organisations.ts"

const envelope = await departed()
const checked = checkUnit(at(envelope.signed, 0), trustOf(birch))
const custody = {
  digest: Uint8Array.from(checked.digest),
  sender: Uint8Array.from(alder.org),
  recipient: Uint8Array.from(birch.org),
  atMs: 1_800_000_000_123,
  unitHash: Uint8Array.from(checked.unitHash),
}
const keyOf = () => birch.gateway.verifying

test("M-ENV-11: custody names envelope, parties, time and the very bytes held", () => {
  expect(openCustody(signCustody(birch.gateway, custody), keyOf)).toEqual(custody)
  const byAnother = signCustody(alder.gateway, custody)
  expect(codeOf(() => openCustody(byAnother, keyOf))).toBe("bad_signature")
})

test("M-ENV-12: a refusal is never taken for custody, nor custody for a refusal", () => {
  const { unitHash: _, ...about } = custody
  const refused = { ...about, code: "cannot_open" }
  const bytes = signRefusal(birch.gateway, refused)
  expect(openRefusal(bytes, keyOf)).toEqual(refused)
  expect(codeOf(() => openCustody(bytes, keyOf))).toBe("wrong_context")
  const held = signCustody(birch.gateway, custody)
  expect(codeOf(() => openRefusal(held, keyOf))).toBe("wrong_context")
})

test("a refusal carries a code and no sentence", () => {
  const { unitHash: _, ...about } = custody
  const chatty = signRefusal(birch.gateway, { ...about, code: "Because the source said so" })
  expect(openRefusal(chatty, keyOf).code).toBe("unspecified")
})

test("a receipt of another shape is refused though its signature holds", () => {
  const signed = signPayload("tearline/custody/v1", birch.gateway, encode(new Map([[1, "x"]])))
  expect(codeOf(() => openCustody(signed, keyOf))).toBe("malformed")
})
