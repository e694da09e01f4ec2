/**
 * The delivery unit: what one addressee is sent. spec/envelope.md 5.
 *
 * Header, body and outer signature are the same for all addressees; slot, index and path are its
 * own. The gateway's signature covers the digest and the slots root. Without the root a
 * co-addressee, who knows the message secret, could forge the slot of another.
 */

import { fixedTree, isSame, leafHash, rootFromPath } from "@tearline/log"

import { distinctIndexes } from "./audience.ts"
import { decode, encode } from "./canonical.ts"
import type { SigningKey, VerifyingKey } from "./composite.ts"
import { CryptoError, concerning, refuseUnless } from "./crypto-error.ts"
import { bytesOf, fieldsOf, integerOf, itemsOf, nullOr } from "./form.ts"
import { type Header, type Precedence, decodeHeader, digestBytes } from "./header.ts"
import { openSigned, signPayload } from "./signed.ts"
import { type Slot, decodeSlot } from "./slot.ts"
import { sha256 } from "./suite.ts"

/** The most bytes of a delivery unit: 1.2 MiB. */
export const unitBytesMax = 1_258_291

const outerContext = "tearline/envelope/v1"
const digestLabel = Buffer.from("tearline/env/v1")
const pathBytes = 256

/** A unit taken apart; `outer` is null until the sender's gateway has signed. */
export interface Unit {
  readonly header: Uint8Array
  readonly body: Uint8Array
  readonly outer: Uint8Array | null
  readonly slot: Uint8Array
  readonly slotIndex: number
  readonly slotPath: Uint8Array
}

/** The exact bytes of a unit. */
export function encodeUnit(unit: Unit): Uint8Array {
  const { header, body, outer, slot, slotIndex, slotPath } = unit
  return encode([header, body, outer, slot, slotIndex, slotPath])
}

/** Takes a unit apart. Throws `too_large`, `not_canonical` or `malformed`. */
export function decodeUnit(bytes: Uint8Array): Unit {
  const value = decode(bytes, { bytesMax: unitBytesMax, depthMax: 1, itemsMax: 7 })
  const [header, body, outer, slot, slotIndex, slotPath] = itemsOf(value, 6, "the unit")
  return {
    header: bytesOf(header, "the header"),
    body: bytesOf(body, "the body"),
    outer: nullOr(outer, (it) => bytesOf(it, "the outer signature")),
    slot: bytesOf(slot, "the slot"),
    slotIndex: integerOf(slotIndex, "the slot index", 0, 255),
    slotPath: bytesOf(slotPath, "the slot path", pathBytes),
  }
}

/** The units of one envelope, without outer signature: one a slot, at places drawn at random. */
export function unitsOver(
  common: Pick<Unit, "header" | "body">,
  slots: readonly Uint8Array[],
  random: (bytes: number) => Uint8Array,
): { slotsRoot: Uint8Array; units: readonly Uint8Array[] } {
  const indexes = distinctIndexes(slots.length, random)
  const seats = slots.map((slot, at) => ({ slot, slotIndex: indexes[at] ?? 0 }))
  const leaves = new Map(seats.map((it) => [it.slotIndex, leafHash(sha256, it.slot)]))
  const tree = fixedTree(sha256, leaves, random)
  const units = seats.map((seat) =>
    encodeUnit({ ...common, ...seat, outer: null, slotPath: tree.pathOf(seat.slotIndex) }),
  )
  return { slotsRoot: tree.root, units }
}

/** The name of an envelope: H("tearline/env/v1" ‖ H(header) ‖ H(body) ‖ slots root). */
export function digestOf(
  headerHash: Uint8Array,
  body: Uint8Array,
  slotsRoot: Uint8Array,
): Uint8Array {
  return sha256(digestLabel, headerHash, sha256(body), slotsRoot)
}

/** The slots root that a unit's own slot and path lead to. */
export function slotsRootOf(unit: Unit): Uint8Array {
  const { slot, slotIndex, slotPath } = unit
  const leaf = leafHash(sha256, slot)
  const root = rootFromPath(sha256, { leafHash: leaf, index: slotIndex, path: slotPath })
  if (root === undefined) throw new CryptoError("malformed", "the slot path has no possible shape")
  return root
}

/**
 * The gateway's signature over an envelope, for all of its units: one signature however many
 * addressees. Exact bytes, to be put into each unit by {@link attachOuter}.
 */
export function outerSignature(
  gatewayKey: SigningKey,
  digest: Uint8Array,
  slotsRoot: Uint8Array,
): Uint8Array {
  const payload = encode(
    new Map([
      [1, digest],
      [2, slotsRoot],
    ]),
  )
  return signPayload(outerContext, gatewayKey, payload)
}

/** What a gateway must know of a unit that its exchange hands it for departure. */
export interface Departure {
  readonly digest: Uint8Array
  readonly slotsRoot: Uint8Array
  readonly sender: Uint8Array
  readonly addressee: Uint8Array
  readonly precedence: Precedence
  readonly createdSeconds: number
  readonly gatewayKeyId: Uint8Array
}

/** Reads a unit that is still to be signed. Units of one envelope agree on `digest`. */
export function departureOf(bytes: Uint8Array): Departure {
  return departing(decodeUnit(bytes))
}

function departing(unit: Unit): Departure {
  const header = decodeHeader(unit.header)
  const slotsRoot = slotsRootOf(unit)
  return {
    digest: digestOf(sha256(unit.header), unit.body, slotsRoot),
    slotsRoot,
    sender: header.sender,
    addressee: decodeSlot(unit.slot).addressee,
    precedence: header.precedence,
    createdSeconds: header.createdSeconds,
    gatewayKeyId: header.gatewayKeyId,
  }
}

/** The unit with this outer signature in it. */
export function attachOuter(bytes: Uint8Array, outer: Uint8Array): Uint8Array {
  return encodeUnit({ ...decodeUnit(bytes), outer })
}

/**
 * Signs a unit of our own exchange for departure. Throws `bad_key` if its header names another
 * gateway key: then the exchange sealed it before the key changed, and must seal it anew.
 */
export function signOuter(gatewayKey: SigningKey, bytes: Uint8Array): Uint8Array {
  const unit = decodeUnit(bytes)
  const { digest, slotsRoot, gatewayKeyId } = departing(unit)
  refuseUnless(
    isSame(gatewayKeyId, gatewayKey.verifying.id),
    "bad_key",
    "the unit names another gateway key than this one: seal it again",
  )
  return encodeUnit({ ...unit, outer: outerSignature(gatewayKey, digest, slotsRoot) })
}

/** Who checks, and whom it knows. */
export interface UnitTrust {
  readonly ownOrg: Uint8Array
  /** The gateway key of that sender with that id, or undefined if it is not trusted (any more). */
  readonly gatewayKeyOf: (sender: Uint8Array, keyId: Uint8Array) => VerifyingKey | undefined
}

/** A unit whose outside holds: known sender, signed by its gateway, with a slot for us. */
export interface CheckedUnit extends Departure {
  readonly deliverBefore: number | null
  readonly unitHash: Uint8Array
}

/** A checked unit with all its parts, for who goes on to open it. */
export interface OutsideChecked {
  readonly unit: Unit
  readonly header: Header
  readonly headerHash: Uint8Array
  readonly slot: Slot
  readonly digest: Uint8Array
  readonly slotsRoot: Uint8Array
}

/**
 * The whole check that needs no decryption key, for a gateway's arrivals.
 *
 * @throws CryptoError `too_large`, `not_canonical`, `malformed`, `unknown_version`,
 *   `unknown_suite`, `unknown_key` (the sender's gateway key), `bad_outer_signature`; then, with
 *   `envelope` set, `slot_not_under_root`, `malformed` (a slot) or `foreign_slot`.
 */
export function checkUnit(bytes: Uint8Array, trust: UnitTrust): CheckedUnit {
  const { header, slot, digest, slotsRoot } = checkOutside(bytes, trust)
  return {
    digest,
    slotsRoot,
    sender: header.sender,
    addressee: slot.addressee,
    precedence: header.precedence,
    createdSeconds: header.createdSeconds,
    deliverBefore: header.deliverBefore,
    gatewayKeyId: header.gatewayKeyId,
    unitHash: sha256(bytes),
  }
}

/** As {@link checkUnit}, returning the parts. */
export function checkOutside(bytes: Uint8Array, trust: UnitTrust): OutsideChecked {
  const unit = decodeUnit(bytes)
  const header = decodeHeader(unit.header)
  refuseUnless(unit.body.length === header.bodyBytes, "malformed", "the body has another length")
  const headerHash = sha256(unit.header)
  const { digest, slotsRoot } = checkOuter(unit, { header, headerHash }, trust)
  try {
    refuseUnless(
      isSame(slotsRootOf(unit), slotsRoot),
      "slot_not_under_root",
      "the slot is not one that the sender's gateway signed",
    )
    const slot = decodeSlot(unit.slot)
    refuseUnless(isSame(slot.addressee, trust.ownOrg), "foreign_slot", "the slot is for another")
    return { unit, header, headerHash, slot, digest, slotsRoot }
  } catch (error) {
    throw concerning(error, { digest, sender: header.sender })
  }
}

/** The digest and slots root that the sender's gateway signed, recomputed over header and body. */
function checkOuter(
  unit: Unit,
  { header, headerHash }: { readonly header: Header; readonly headerHash: Uint8Array },
  trust: UnitTrust,
): { digest: Uint8Array; slotsRoot: Uint8Array } {
  const key = trust.gatewayKeyOf(header.sender, header.gatewayKeyId)
  if (key === undefined) {
    throw new CryptoError("unknown_key", "no trusted gateway key of that sender has that id")
  }
  if (unit.outer === null) throw badOuter()
  const field = fieldsOf(decode(openedOuter(unit.outer, key)), 2, "the outer signature's payload")
  const signedDigest = bytesOf(field(1), "the signed digest", digestBytes)
  const slotsRoot = bytesOf(field(2), "the signed slots root", digestBytes)
  const digest = digestOf(headerHash, unit.body, slotsRoot)
  if (!isSame(digest, signedDigest)) throw badOuter()
  return { digest, slotsRoot }
}

function openedOuter(outer: Uint8Array, key: VerifyingKey): Uint8Array {
  try {
    // Only the key that the header names will do: a header is never signed by another key's owner.
    return openSigned(outer, outerContext, () => key)
  } catch (cause) {
    throw badOuter(cause)
  }
}

function badOuter(cause?: unknown): CryptoError {
  const message = "the outer signature does not hold for this header, body and slots root"
  return new CryptoError("bad_outer_signature", message, { cause })
}
