/** An envelope's way from the sender's exchange to the addressee's, and what each side may see. */

import fc from "fast-check"
import { expect, test } from "vitest"

import {
  attachOuter,
  checkUnit,
  decode,
  departureOf,
  encode,
  isInAudience,
  openMessage,
  openUnit,
  outerSignature,
  sealEnvelope,
  sealUnits,
  signOuter,
} from "../src/index.ts"
import { codeOf, codeOfLater, toHex } from "./fixtures.ts"
import { addressee, alder, at, birch, cedar, departed, toSeal, trustOf } from "./organisations.ts"

const envelope = await departed()
const forBirch = at(envelope.signed, 0)
const forCedar = at(envelope.signed, 1)

test("M-ENV-1: what an addressee opens is bit for bit what was signed (I4)", async () => {
  const opened = await openUnit(forBirch, trustOf(birch))
  expect(toHex(opened.payload)).toBe(toHex(envelope.payload))
  expect(toHex(opened.signedObject)).toBe(toHex(envelope.signedObject))
  expect(opened.messageId).toBe(envelope.messageId)
  expect(opened.kind).toBe("warning")
  expect({ ...opened.statement }).toEqual(toSeal().statement)
  expect({ ...opened.privatePart }).toEqual(addressee(birch).privatePart)
  expect(toHex(opened.digest)).toBe(toHex(envelope.digest))
  expect(toHex(opened.slotHash)).toBe(toHex(at(envelope.slotHashes, 0)))
  const { epoch, lane, number, previousSlotHash } = addressee(birch)
  expect(opened).toMatchObject({ epoch, lane, number, createdSeconds: 1_800_000_000 })
  expect(opened.previousSlotHash).toEqual(previousSlotHash)
})

test("any statement to any number of addressees opens at each, with its own private part only", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 3000 }), { maxKeys: 4 }),
      fc.constantFrom([birch], [cedar, birch], [alder, birch, cedar]),
      async (statement, to) => {
        const addressees = to.map(addressee)
        const { signed, messageId } = await departed({ statement, addressees })
        for (const [index, own] of to.entries()) {
          const opened = await openUnit(at(signed, index), trustOf(own))
          expect(opened.messageId).toBe(messageId)
          expect({ ...opened.statement }).toEqual({ ...statement })
          expect({ ...opened.privatePart }).toEqual(addressee(own).privatePart)
        }
      },
    ),
    { numRuns: 20 },
  )
})

test("M-ENV-2: a gateway sees sender, time and precedence, and nothing of the content", () => {
  const checked = checkUnit(forBirch, trustOf(birch))
  expect(checked).toMatchObject({ precedence: 0, createdSeconds: 1_800_000_000 })
  expect(toHex(checked.sender)).toBe(toHex(alder.org))
  expect(toHex(checked.digest)).toBe(toHex(envelope.digest))
  const shown = Buffer.from(forBirch).toString("latin1")
  expect(shown).not.toMatch(/attack|market|read-back|warning|thread/)
})

test("M-ENV-3: a unit tells no addressee who else, or how many, were addressed", async () => {
  const alone = await departed({ addressees: [addressee(birch)] })
  expect(at(alone.signed, 0).length).toBeLessThanOrEqual(forBirch.length + 1)
  expect(at(alone.signed, 0).length).toBeGreaterThanOrEqual(forBirch.length - 1)
  const hidden = Buffer.from(forBirch).includes(cedar.org)
  expect(hidden).toBe(false)
})

test("M-ENV-4: the length of a body is 4 KiB at least, and one of few", async () => {
  const lengths = await Promise.all(
    [0, 1, 200, 400].map(async (length) => {
      const sealed = await sealEnvelope(toSeal({ statement: { text: "x".repeat(length) } }))
      return sealed.resealable.body.length
    }),
  )
  expect(new Set(lengths)).toEqual(new Set([4096 + 16]))
})

test("one outer signature serves all units of an envelope", async () => {
  const { units } = await sealEnvelope(toSeal())
  const { digest, slotsRoot } = departureOf(at(units, 0))
  expect(toHex(departureOf(at(units, 1)).digest)).toBe(toHex(digest))
  const outer = outerSignature(alder.gateway, digest, slotsRoot)
  const toCedar = attachOuter(at(units, 1), outer)
  expect((await openUnit(toCedar, trustOf(cedar))).kind).toBe("warning")
})

test("M-ENV-5: a unit without outer signature goes nowhere", async () => {
  const { units } = await sealEnvelope(toSeal())
  expect(codeOf(() => checkUnit(at(units, 0), trustOf(birch)))).toBe("bad_outer_signature")
  expect(codeOf(() => signOuter(birch.gateway, at(units, 0)))).toBe("bad_key")
})

test("M-ENV-6: a slot for a new prekey opens to the same message under a new digest", async () => {
  const { org, kem, privatePart: _, ...place } = addressee(birch)
  const again = await sealUnits(envelope.resealable, [
    {
      ...place,
      org,
      kem,
      number: 8,
      privatePart: at(envelope.privateParts, 0),
      opening: at(envelope.audienceOpenings, 0),
    },
  ])
  const opened = await openUnit(signOuter(alder.gateway, at(again.units, 0)), trustOf(birch))
  expect(opened.messageId).toBe(envelope.messageId)
  expect(opened.number).toBe(8)
  expect(toHex(opened.digest)).not.toBe(toHex(envelope.digest))
})

test("the sender can show its own message and whom it addressed", () => {
  const shown = openMessage(envelope.signedObject, () => alder.exchange.verifying)
  expect(shown.kind).toBe("warning")
  const shows = (org: Uint8Array) =>
    isInAudience(
      shown.audience,
      { org, privatePart: at(envelope.privateParts, 0) },
      at(envelope.audienceOpenings, 0),
    )
  expect([shows(birch.org), shows(cedar.org)]).toEqual([true, false])
})

test("M-ENV-7: a unit for one organisation is refused by another, and so is a deleted prekey (I6)", async () => {
  expect(codeOf(() => checkUnit(forCedar, trustOf(birch)))).toBe("foreign_slot")
  const forgetful = { ...trustOf(birch), kemKeyOf: () => undefined }
  expect(await codeOfLater(() => openUnit(forBirch, forgetful))).toBe("unknown_prekey")
})

/** The digest that a refusal by Birch's gateway names. */
function refusedBy(unit: Uint8Array): Uint8Array | string | undefined {
  try {
    checkUnit(unit, trustOf(birch))
    return "accepted"
  } catch (error) {
    return (error as { envelope?: { digest: Uint8Array } }).envelope?.digest
  }
}

test("M-ENV-8: a refusal names the envelope once its outer signature has held, and never before", () => {
  expect(refusedBy(forCedar)).toEqual(envelope.digest)
  const parts = decode(forBirch, { bytesMax: 2_000_000 }) as Uint8Array[]
  const unsigned = encode(parts.with(2, at(parts, 2).toReversed()))
  expect(refusedBy(unsigned)).toBe(undefined)
})

test("what is too large is refused before it is sealed or read", async () => {
  const large = toSeal({ statement: { text: "x".repeat(1_048_000) } })
  expect(await codeOfLater(() => sealEnvelope(large))).toBe("too_large")
  const part = { ...addressee(birch), privatePart: { text: "x".repeat(70_000) } }
  expect(await codeOfLater(() => sealEnvelope(toSeal({ addressees: [part] })))).toBe("too_large")
  expect(codeOf(() => checkUnit(new Uint8Array(1_258_292), trustOf(birch)))).toBe("too_large")
})

async function headerFromCounter(): Promise<string> {
  let count = 0
  const random = (bytes: number) => new Uint8Array(bytes).fill(++count)
  return toHex((await sealEnvelope(toSeal({ random }))).resealable.header)
}

test("the same randomness seals the same header", async () => {
  expect(await headerFromCounter()).toBe(await headerFromCounter())
})
