/**
 * Attacks on the envelope, each by its name: the nine that shaped the layout, replays, truncation
 * and single flipped bits. The attacker may hold every key that its role gives it.
 */

import { createCipheriv } from "node:crypto"

import fc from "fast-check"
import { expect, test } from "vitest"

import { sealBody } from "../src/body.ts"
import { decodeHeader, encodeHeader } from "../src/header.ts"
import {
  CryptoError,
  type SigningKey,
  type ToSeal,
  checkUnit,
  encode,
  openUnit,
  sealEnvelope,
  sealUnits,
  signOuter,
} from "../src/index.ts"
import { openSlot, decodeSlot, sealSlot } from "../src/slot.ts"
import { bodyKeyOf, sha256 } from "../src/suite.ts"
import {
  type Unit,
  decodeUnit,
  digestOf,
  encodeUnit,
  outerSignature,
  slotsRootOf,
  unitsOver,
} from "../src/unit.ts"
import { codeOfLater, toHex } from "./fixtures.ts"
import {
  type Organisation,
  addressee,
  alder,
  at,
  birch,
  cedar,
  departed,
  toSeal,
  trustOf,
} from "./organisations.ts"

const envelope = await departed()
const other = await departed({ statement: { what: "something else" } })
const forBirch = at(envelope.signed, 0)
const parts = decodeUnit(forBirch)

/** The unit with parts replaced, signed anew by a gateway that plays along. */
function resigned(unit: Partial<Unit>, gateway: SigningKey = alder.gateway): Uint8Array {
  const made = { ...parts, ...unit }
  const slotsRoot = slotsRootOf(made)
  const digest = digestOf(sha256(made.header), made.body, slotsRoot)
  return encodeUnit({ ...made, outer: outerSignature(gateway, digest, slotsRoot) })
}

const opens = (unit: Uint8Array, own: Organisation = birch) =>
  codeOfLater(() => openUnit(unit, trustOf(own)))

test("attack 1: another addressee's slot", async () => {
  const { slot, slotIndex, slotPath } = decodeUnit(at(envelope.signed, 1))
  expect(await opens(encodeUnit({ ...parts, slot, slotIndex, slotPath }))).toBe("foreign_slot")
  // Even where the slot's words are changed to name us and the gateway signs it.
  const renamed = encode(Object.values({ ...decodeSlot(slot), addressee: birch.org }))
  expect(await opens(resigned({ slot: renamed }))).not.toBe("accepted")
})

test("attack 2: a slot moved to another envelope", async () => {
  const { header, body, outer } = decodeUnit(at(other.signed, 0))
  const moved = { ...parts, header, body, outer }
  expect(await opens(encodeUnit(moved))).toBe("slot_not_under_root")
  // With the sender's own gateway in the plot, the header bound as HPKE info still refuses it.
  expect(await opens(resigned({ header, body }))).toBe("cannot_open")
})

test("attack 3: a changed header", async () => {
  const header = encodeHeader({ ...decodeHeader(parts.header), precedence: 3 })
  expect(await opens(encodeUnit({ ...parts, header }))).toBe("bad_outer_signature")
  expect(await opens(resigned({ header }))).toBe("cannot_open")
})

test("attack 4: a flipped body bit", async () => {
  const body = Uint8Array.from(parts.body)
  body[100] = (body[100] ?? 0) ^ 1
  expect(await opens(encodeUnit({ ...parts, body }))).toBe("bad_outer_signature")
  expect(await opens(resigned({ body }))).toBe("cannot_open")
})

test("attack 5: a two-faced sender gives one addressee a different key", async () => {
  const { header, body } = envelope.resealable
  const messageSecret = new Uint8Array(32).fill(5)
  const slot = { ...addressee(birch), privatePart: at(envelope.privateParts, 0) }
  const opening = at(envelope.audienceOpenings, 0)
  const twoFaced = await sealUnits({ header, body, messageSecret }, [{ ...slot, opening }])
  expect(await opens(signOuter(alder.gateway, at(twoFaced.units, 0)))).toBe("commitment_mismatch")
})

test("attack 6: a wrong sender", async () => {
  // Cedar sends Alder's words as its own, under its own gateway.
  const mine = { sender: cedar.org, gatewayKeyId: cedar.gateway.verifying.id }
  const sealed = await sealEnvelope(toSeal(mine))
  expect(await opens(signOuter(cedar.gateway, at(sealed.units, 0)))).toBe("bad_inner_signature")
  const header = encodeHeader({ ...decodeHeader(parts.header), ...mine })
  expect(await opens(resigned({ header }, cedar.gateway))).toBe("cannot_open")
  // And Alder's header is not signed by Cedar's gateway.
  expect(await opens(resigned({}, cedar.gateway))).toBe("bad_outer_signature")
})

test("attack 7: a changed sequence number", async () => {
  for (const change of [{ number: 8 }, { epoch: 2 }, { lane: 1 }, { previousSlotHash: null }]) {
    const slot = encode(Object.values({ ...decodeSlot(parts.slot), ...change }))
    expect(await opens(encodeUnit({ ...parts, slot }))).toBe("slot_not_under_root")
    expect(await opens(resigned({ slot }))).toBe("cannot_open")
  }
})

test("attack 8: a co-addressee who knows the message secret forges a slot for someone else", async () => {
  const cedarSlot = decodeSlot(decodeUnit(at(envelope.signed, 1)).slot)
  const known = await openSlot(cedarSlot, sha256(parts.header), cedar.kem)
  const place = { ...addressee(birch), number: 99 }
  const to = { org: birch.org, kem: birch.kem.public, place }
  const slot = await sealSlot(to, sha256(parts.header), known)
  expect(await opens(encodeUnit({ ...parts, slot }))).toBe("slot_not_under_root")
  const forged = unitsOver(parts, [slot], (bytes) => new Uint8Array(bytes))
  const unit = decodeUnit(at(forged.units, 0))
  expect(await opens(encodeUnit({ ...unit, outer: parts.outer }))).toBe("slot_not_under_root")
})

test("attack 9: an addressee seals the signed content again to an outsider", async () => {
  // Birch tells nobody but Alder's gateway plays along, so that only the audience stands against it.
  const toCedarOnly = await departed({ addressees: [addressee(cedar)] })
  const { resealable, audienceOpenings, privateParts } = toCedarOnly
  const opening = at(audienceOpenings, 0)
  const slot = { ...addressee(birch), privatePart: at(privateParts, 0), opening }
  const resealed = await sealUnits(resealable, [slot])
  expect(await opens(signOuter(alder.gateway, at(resealed.units, 0)))).toBe("not_in_audience")
})

test("a private part other than the one committed to is refused", async () => {
  const privatePart = encode({ thread: "another" })
  const opening = at(envelope.audienceOpenings, 0)
  const swapped = await sealUnits(envelope.resealable, [
    { ...addressee(birch), privatePart, opening },
  ])
  expect(await opens(signOuter(alder.gateway, at(swapped.units, 0)))).toBe("not_in_audience")
})

test("the signed content of one envelope is not taken in another", async () => {
  const header = other.resealable.header
  const { messageSecret } = other.resealable
  const body = sealBody(messageSecret, sha256(header), envelope.signedObject)
  const slot = { ...addressee(birch), privatePart: at(envelope.privateParts, 0) }
  const opening = at(envelope.audienceOpenings, 0)
  const bound = await sealUnits({ header, body, messageSecret }, [{ ...slot, opening }])
  expect(await opens(signOuter(alder.gateway, at(bound.units, 0)))).toBe("bad_binding")
})

test("padding that is not zero, or not the one length, is refused", async () => {
  const { header, messageSecret } = envelope.resealable
  const bytes = decodeHeader(header).bodyBytes - 16
  const seal = async (frame: Buffer) => {
    const cipher = createCipheriv("aes-256-gcm", bodyKeyOf(messageSecret), new Uint8Array(12))
    cipher.setAAD(sha256(header))
    const body = Buffer.concat([cipher.update(frame), cipher.final(), cipher.getAuthTag()])
    const slot = { ...addressee(birch), privatePart: at(envelope.privateParts, 0) }
    const opening = at(envelope.audienceOpenings, 0)
    const made = await sealUnits({ header, body, messageSecret }, [{ ...slot, opening }])
    return opens(signOuter(alder.gateway, at(made.units, 0)))
  }
  const frame = Buffer.alloc(bytes)
  frame.writeUInt32BE(envelope.signedObject.length)
  frame.set(envelope.signedObject, 4)
  expect(await seal(frame)).toBe("accepted")
  expect(await seal(Buffer.from(frame.with(bytes - 1, 1)))).toBe("bad_padding")
  const overlong = Buffer.from(frame)
  overlong.writeUInt32BE(bytes)
  expect(await seal(overlong)).toBe("bad_padding")
})

test("another version or suite is refused by its own code, before any signature", async () => {
  const header = (version: number, suite: number) =>
    Buffer.from(parts.header).with(2, version).with(4, suite)
  expect(await opens(encodeUnit({ ...parts, header: header(2, 1) }))).toBe("unknown_version")
  expect(await opens(encodeUnit({ ...parts, header: header(1, 2) }))).toBe("unknown_suite")
})

test("a unit replayed to another organisation is refused there", async () => {
  expect(await opens(forBirch, cedar)).toBe("foreign_slot")
  expect(await opens(at(envelope.signed, 1), birch)).toBe("foreign_slot")
})

test("M-ENV-9: a unit cut short at any length is refused", async () => {
  const lengths = [...Array(80).keys(), ...[parts.header, parts.body].map((it) => it.length + 3)]
  const cuts = [...lengths, forBirch.length - 300, forBirch.length - 256, forBirch.length - 1]
  for (let step = 100; step < forBirch.length; step += 397) cuts.push(step)
  for (const length of cuts) expect(await opens(forBirch.subarray(0, length))).not.toBe("accepted")
})

test("M-ENV-10: any single flipped bit of a unit is refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(forBirch.length - 1), fc.nat(7), async (index, bit) => {
      const flipped = Uint8Array.from(forBirch)
      flipped[index] = (flipped[index] ?? 0) ^ (1 << bit)
      expect(await opens(flipped)).not.toBe("accepted")
      expect(() => checkUnit(flipped, trustOf(birch))).toThrow(CryptoError)
    }),
    { numRuns: 250 },
  )
})

test("any flipped bit of a slot that the gateway signs all the same is refused inside", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(parts.slot.length - 1), fc.nat(7), async (index, bit) => {
      const slot = Uint8Array.from(parts.slot)
      slot[index] = (slot[index] ?? 0) ^ (1 << bit)
      expect(await opens(resigned({ slot }))).not.toBe("accepted")
    }),
    { numRuns: 80 },
  )
})

test("an envelope's digest differs whenever anything in it differs", async () => {
  const changes: Partial<ToSeal>[] = [{}, { precedence: 1 }, { createdSeconds: 1 }, {}]
  const digests = await Promise.all(
    changes.map(async (it) => toHex((await sealEnvelope(toSeal(it))).digest)),
  )
  expect(new Set(digests).size).toBe(changes.length)
})
