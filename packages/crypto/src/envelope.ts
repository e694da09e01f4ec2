/**
 * Sealing a statement for its addressees, and opening a unit: the two sides of one format, each in
 * the order that spec/envelope.md gives.
 *
 * The content is signed by the exchange key and padded, encrypted once under a fresh message
 * secret, and that secret is sealed to each addressee in a slot. The commitment in the header shows
 * that all were given the same secret. Opening stops at the first step that fails.
 */

import { randomBytes, timingSafeEqual } from "node:crypto"

import { isSame } from "@tearline/log"

import { type AudienceOpening, audienceOver, isInAudience } from "./audience.ts"
import { bodyBytesFor, openBody, sealBody } from "./body.ts"
import { type Value, decode, encode } from "./canonical.ts"
import { type SigningKey, type VerifyingKey } from "./composite.ts"
import { CryptoError, concerning, refuseUnless } from "./crypto-error.ts"
import { bytesOf, malformed, mapOf } from "./form.ts"
import { type Precedence, digestBytes, encodeHeader, nonceBytes } from "./header.ts"
import type { KemKey, KemPublicKey } from "./kem.ts"
import { contextOf, kindOf, signPayload, signedParts, verified } from "./signed.ts"
import { type LanePlace, openSlot, sealSlot, slotHash } from "./slot.ts"
import { commitmentOf, sha256 } from "./suite.ts"
import { type OutsideChecked, type UnitTrust, checkOutside, digestOf, unitsOver } from "./unit.ts"

/** A map with text keys, as statements and private parts are. */
export type Statement = Readonly<Record<string, Value>>

/** One addressee, and its place in the lane towards it. */
export interface Addressee extends LanePlace {
  readonly org: Uint8Array
  readonly kem: KemPublicKey
  readonly privatePart: Statement
}

/** What is to be sealed. `random` gives fresh unpredictable bytes, by default the platform's. */
export interface ToSeal {
  readonly sender: Uint8Array
  readonly exchangeKey: SigningKey
  /** The message kind, which makes the signature context. */
  readonly kind: string
  readonly statement: Statement
  readonly precedence: Precedence
  readonly createdSeconds: number
  readonly deliverBefore: number | null
  readonly gatewayKeyId: Uint8Array
  /** 1 to 256, each organisation once. */
  readonly addressees: readonly Addressee[]
  readonly random?: (bytes: number) => Uint8Array
}

/** What sealing the slots gives; arrays follow the order of the addressees. */
export interface SealedUnits {
  /** The envelope's digest and slots root, over which the gateway signs. */
  readonly digest: Uint8Array
  readonly slotsRoot: Uint8Array
  /** Delivery units, still without outer signature. */
  readonly units: readonly Uint8Array[]
  /** What the next slot of each lane names as its previous one. */
  readonly slotHashes: readonly Uint8Array[]
}

/**
 * What the sender keeps in order to seal the same header and body to an addressee again, after a
 * prekey has gone. A secret: it opens the body.
 */
export interface Resealable {
  readonly header: Uint8Array
  readonly body: Uint8Array
  readonly messageSecret: Uint8Array
}

/** A sealed envelope. */
export interface Sealed extends SealedUnits {
  /** SHA-256 of the signed payload bytes in hexadecimal; never of a signature. */
  readonly messageId: string
  /** The signed payload and the signed object around it, exact bytes: the sender's own copy. */
  readonly payload: Uint8Array
  readonly signedObject: Uint8Array
  readonly resealable: Resealable
  /** The exact bytes of each private part, and what shows each addressee to be in the audience. */
  readonly privateParts: readonly Uint8Array[]
  readonly audienceOpenings: readonly AudienceOpening[]
}

/** Seals one statement to its addressees. Throws `not_encodable` or `too_large`. */
export async function sealEnvelope(it: ToSeal): Promise<Sealed> {
  const random = it.random ?? randomBytes
  const messageSecret = random(digestBytes)
  const nonce = random(nonceBytes)
  const commitment = commitmentOf(messageSecret)
  const privateParts = it.addressees.map((to) => encode(to.privatePart))
  const members = it.addressees.map((to, at) => ({
    org: to.org,
    privatePart: part(privateParts, at),
  }))
  const audience = audienceOver(members, random)
  const bind = bindOf(nonce, commitment)
  const payload = encode({ audience: audience.root, bind, statement: it.statement })
  const signedObject = signPayload(contextOf(it.kind), it.exchangeKey, payload)
  const header = encodeHeader({
    ...it,
    nonce,
    commitment,
    bodyBytes: bodyBytesFor(signedObject.length),
  })
  const body = sealBody(messageSecret, sha256(header), signedObject)
  const resealable = { header, body, messageSecret }
  const slots = it.addressees.map((to, at) => ({
    ...to,
    privatePart: part(privateParts, at),
    opening: part(audience.openings, at),
  }))
  return {
    ...(await sealUnits(resealable, slots, random)),
    messageId: messageIdOf(payload),
    payload,
    signedObject,
    resealable,
    privateParts,
    audienceOpenings: audience.openings,
  }
}

/** An addressee of a statement that is already signed. */
export interface SlotToSeal extends LanePlace {
  readonly org: Uint8Array
  readonly kem: KemPublicKey
  /** Exactly the bytes that the audience commits to. */
  readonly privatePart: Uint8Array
  readonly opening: AudienceOpening
}

/**
 * New slots over the same header and body, for addressees whose prekey was unknown or gone. The
 * message id stays; the digest is new, since the slots are.
 */
export async function sealUnits(
  sealed: Resealable,
  addressees: readonly SlotToSeal[],
  random: (bytes: number) => Uint8Array = randomBytes,
): Promise<SealedUnits> {
  const { header, body, messageSecret } = sealed
  const headerHash = sha256(header)
  const slots = await Promise.all(
    addressees.map(({ org, kem, privatePart, opening, ...place }) => {
      const { epoch, lane, number, previousSlotHash } = place
      const to = { org, kem, place: { epoch, lane, number, previousSlotHash } }
      return sealSlot(to, headerHash, { messageSecret, privatePart, ...opening })
    }),
  )
  const { slotsRoot, units } = unitsOver({ header, body }, slots, random)
  return {
    digest: digestOf(headerHash, body, slotsRoot),
    slotsRoot,
    units,
    slotHashes: slots.map(slotHash),
  }
}

/** The id of a message: SHA-256 of its signed payload bytes, in hexadecimal. */
export function messageIdOf(payload: Uint8Array): string {
  return Buffer.from(sha256(payload)).toString("hex")
}

const bindLabel = Buffer.from("bind")

/** Ties the signed content to one header's nonce and commitment. */
function bindOf(nonce: Uint8Array, commitment: Uint8Array): Uint8Array {
  return sha256(bindLabel, nonce, commitment)
}

function part<Item>(items: readonly Item[], at: number): Item {
  const item = items[at]
  if (item === undefined) throw new RangeError(`there is no addressee ${at}`)
  return item
}

/** Whom the opening exchange knows, and the keys that it holds. */
export interface OpeningTrust extends UnitTrust {
  /** Our key of that prekey id, or undefined when it never was ours or has been deleted. */
  readonly kemKeyOf: (prekeyId: Uint8Array) => KemKey | undefined
  /** The exchange key of that sender with that id, if it was trusted at the time of creation. */
  readonly exchangeKeyOf: (
    sender: Uint8Array,
    keyId: Uint8Array,
    createdSeconds: number,
  ) => VerifyingKey | undefined
}

/** A unit opened, everything in it verified. The statement's own schema is the caller's to check. */
export interface OpenedUnit extends LanePlace {
  readonly messageId: string
  readonly kind: string
  readonly statement: Statement
  readonly privatePart: Statement
  /** The signed payload, the signed object around it and the private part: exact bytes, to store. */
  readonly payload: Uint8Array
  readonly signedObject: Uint8Array
  readonly privatePartBytes: Uint8Array
  readonly audienceOpening: AudienceOpening
  readonly sender: Uint8Array
  readonly precedence: Precedence
  readonly createdSeconds: number
  readonly deliverBefore: number | null
  readonly digest: Uint8Array
  readonly slotHash: Uint8Array
}

/**
 * Opens a unit, stopping at the first failure.
 *
 * @throws CryptoError with the codes of `checkUnit`, then, with `envelope` set: `unknown_prekey`,
 *   `cannot_open`, `commitment_mismatch`, `bad_padding`, `bad_inner_signature`, `bad_binding`,
 *   `not_in_audience`, `not_canonical`, `wrong_context`, `malformed`.
 */
export async function openUnit(bytes: Uint8Array, trust: OpeningTrust): Promise<OpenedUnit> {
  const outside = checkOutside(bytes, trust)
  try {
    return await openInside(outside, trust)
  } catch (error) {
    throw concerning(error, { digest: outside.digest, sender: outside.header.sender })
  }
}

async function openInside(outside: OutsideChecked, trust: OpeningTrust): Promise<OpenedUnit> {
  const { unit, header, headerHash, slot, digest } = outside
  const key = trust.kemKeyOf(slot.prekeyId)
  if (key === undefined) {
    throw new CryptoError("unknown_prekey", "the slot is sealed to a key that is not held any more")
  }
  const content = await openSlot(slot, headerHash, key)
  const { messageSecret, salt, index, path } = content
  refuseUnless(
    timingSafeEqual(commitmentOf(messageSecret), header.commitment),
    "commitment_mismatch",
    "the slot holds another message secret than the header commits to",
  )
  const signedObject = openBody(messageSecret, headerHash, unit.body)
  const inner = openInner(signedObject, outside, trust)
  const member = { org: trust.ownOrg, privatePart: content.privatePart }
  refuseUnless(
    isInAudience(inner.audience, member, { salt, index, path }),
    "not_in_audience",
    "the signed content is not addressed to this organisation with this private part",
  )
  return {
    messageId: messageIdOf(inner.payload),
    kind: inner.kind,
    statement: inner.statement,
    privatePart: mapOf(decode(content.privatePart), "the private part"),
    payload: inner.payload,
    signedObject,
    privatePartBytes: content.privatePart,
    audienceOpening: { salt, index, path },
    sender: header.sender,
    precedence: header.precedence,
    createdSeconds: header.createdSeconds,
    deliverBefore: header.deliverBefore,
    digest,
    epoch: slot.epoch,
    lane: slot.lane,
    number: slot.number,
    previousSlotHash: slot.previousSlotHash,
    slotHash: slotHash(unit.slot),
  }
}

/** What the inner signature vouches for. */
export interface Inner {
  readonly kind: string
  readonly payload: Uint8Array
  readonly audience: Uint8Array
  readonly bind: Uint8Array
  readonly statement: Statement
}

function openInner(signedObject: Uint8Array, outside: OutsideChecked, trust: OpeningTrust): Inner {
  const { sender, createdSeconds, nonce, commitment } = outside.header
  const inner = openMessage(signedObject, (keyId) =>
    trust.exchangeKeyOf(sender, keyId, createdSeconds),
  )
  refuseUnless(
    isSame(inner.bind, bindOf(nonce, commitment)),
    "bad_binding",
    "the signed content was made for another header",
  )
  return inner
}

/**
 * Verifies a message by itself, outside its envelope: from an own copy, or for a proof. Throws
 * `bad_inner_signature`, `wrong_context`, `not_canonical` or `malformed`.
 */
export function openMessage(
  signedObject: Uint8Array,
  exchangeKeyOf: (keyId: Uint8Array) => VerifyingKey | undefined,
): Inner {
  const parts = signedParts(signedObject)
  const kind = kindOf(parts.context)
  const payload = innerVerified(() => verified(parts, exchangeKeyOf))
  const { audience, bind, statement, ...rest } = mapOf(decode(payload), "the signed content")
  if (Object.keys(rest).length > 0) throw malformed("the signed content")
  return {
    kind,
    payload,
    audience: bytesOf(audience, "the audience root", digestBytes),
    bind: bytesOf(bind, "the binding", digestBytes),
    statement: mapOf(statement, "the statement"),
  }
}

function innerVerified(verify: () => Uint8Array): Uint8Array {
  try {
    return verify()
  } catch (cause) {
    const message = "the signed content is not by a key that the sender may use"
    throw new CryptoError("bad_inner_signature", message, { cause })
  }
}
