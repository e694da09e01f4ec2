/** A message outside its envelope, as a peer gives it back. */

import { expect, test } from "vitest"

import { encodeOpening, openKept, openUnit, type KeptMessage } from "../src/index.ts"
import { codeOf } from "./fixtures.ts"
import { alder, at, birch, cedar, departed, trustOf } from "./organisations.ts"

const envelope = await departed()
const opened = await openUnit(at(envelope.signed, 0), trustOf(birch))
const exchangeKey = alder.exchange.verifying

const kept: KeptMessage = {
  signedObject: opened.signedObject,
  privatePart: opened.privatePartBytes,
  opening: encodeOpening(opened.audienceOpening),
  addressee: birch.org,
}
const keyOf = () => exchangeKey

test("M-LNK-15: what either side kept of a message verifies by itself", () => {
  const ofSender = {
    signedObject: envelope.signedObject,
    privatePart: at(envelope.privateParts, 0),
    opening: encodeOpening(at(envelope.audienceOpenings, 0)),
    addressee: birch.org,
  }
  for (const it of [kept, ofSender]) {
    expect(openKept(it, keyOf)).toEqual({
      messageId: opened.messageId,
      kind: opened.kind,
      statement: opened.statement,
      privatePart: opened.privatePart,
    })
  }
})

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1
  return copy
}

test("M-LNK-15: another part, audience, addressee, key or byte is refused", () => {
  const strange: readonly [Partial<KeptMessage>, string][] = [
    [{ privatePart: at(envelope.privateParts, 1) }, "not_in_audience"],
    [{ opening: encodeOpening(at(envelope.audienceOpenings, 1)) }, "not_in_audience"],
    [{ opening: flipped(kept.opening) }, "not_in_audience"],
    [{ opening: new Uint8Array([0x80]) }, "malformed"],
    [{ addressee: cedar.org }, "not_in_audience"],
    [{ signedObject: flipped(kept.signedObject) }, "bad_inner_signature"],
  ]
  for (const [change, code] of strange) {
    expect(codeOf(() => openKept({ ...kept, ...change }, keyOf))).toBe(code)
  }
  expect(codeOf(() => openKept(kept, () => undefined))).toBe("bad_inner_signature")
})
