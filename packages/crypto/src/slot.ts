/**
 * A slot: one addressee's part of an envelope, which opens alone.
 *
 * It carries its place in the lane (epoch, lane, number and the hash of that lane's previous slot),
 * so that a missing one shows, and binds all of it as HPKE `info`: a slot moved to another
 * envelope, another addressee or another place does not open. spec/envelope.md 4.
 */

import { type Value, decode, encode } from "./canonical.ts"
import { CryptoError } from "./crypto-error.ts"
import { bytesOf, integerOf, itemsOf, nullOr } from "./form.ts"
import { digestBytes, organisationBytes } from "./header.ts"
import {
  encapsulationBytes,
  type KemKey,
  type KemPublicKey,
  openWith,
  prekeyIdBytes,
  sealTo,
} from "./kem.ts"
import { framed, roundedUp, unframed } from "./padding.ts"
import { sha256 } from "./suite.ts"

/** Where a slot stands in the sender's lane towards one addressee. */
export interface LanePlace {
  readonly epoch: number
  readonly lane: number
  /** From 1, without a gap. */
  readonly number: number
  /** Null for the first slot of a lane. */
  readonly previousSlotHash: Uint8Array | null
}

/** What a slot hides: the message secret and what is for this addressee alone. */
export interface SlotContent {
  readonly messageSecret: Uint8Array
  readonly salt: Uint8Array
  readonly index: number
  readonly path: Uint8Array
  readonly privatePart: Uint8Array
}

/** A slot taken apart, still sealed. */
export interface Slot extends LanePlace {
  readonly addressee: Uint8Array
  readonly prekeyId: Uint8Array
  readonly encapsulation: Uint8Array
  readonly ciphertext: Uint8Array
}

const slotLabel = "tearline/slot/v1"
const pathBytes = 256
const paddingStep = 512
/** The most bytes of a slot, and so of a private part. */
const slotBytesMax = 65_536

/** Seals a slot. The result is the slot's exact bytes. */
export async function sealSlot(
  to: { readonly org: Uint8Array; readonly kem: KemPublicKey; readonly place: LanePlace },
  headerHash: Uint8Array,
  content: SlotContent,
): Promise<Uint8Array> {
  const { org, kem } = to
  const place = { addressee: org, prekeyId: kem.id, ...to.place }
  const inner = encode([
    content.messageSecret,
    content.salt,
    content.index,
    content.path,
    content.privatePart,
  ])
  const plaintext = framed(inner, roundedUp(4 + inner.length, paddingStep))
  const sealed = await sealTo(kem, infoOf(place, headerHash), plaintext)
  const bytes = encode([...placeOf(place), sealed.encapsulation, sealed.ciphertext])
  if (bytes.length > slotBytesMax) {
    throw new CryptoError("too_large", `a slot of ${bytes.length} bytes: shorten its private part`)
  }
  return bytes
}

type Place = Omit<Slot, "encapsulation" | "ciphertext">

function placeOf(slot: Place): Value[] {
  const { addressee, prekeyId, epoch, lane, number, previousSlotHash } = slot
  return [addressee, prekeyId, epoch, lane, number, previousSlotHash]
}

function infoOf(slot: Place, headerHash: Uint8Array): Uint8Array {
  return encode([slotLabel, headerHash, ...placeOf(slot)])
}

/** Reads a slot without opening it. Throws `not_canonical`, `too_large` or `malformed`. */
export function decodeSlot(bytes: Uint8Array): Slot {
  const [addressee, prekeyId, epoch, lane, number, previous, encapsulation, ciphertext] = itemsOf(
    decode(bytes, { bytesMax: slotBytesMax, depthMax: 1, itemsMax: 9 }),
    8,
    "the slot",
  )
  return {
    addressee: bytesOf(addressee, "the slot's addressee", organisationBytes),
    prekeyId: bytesOf(prekeyId, "the slot's prekey id", prekeyIdBytes),
    epoch: integerOf(epoch, "the slot's epoch"),
    lane: integerOf(lane, "the slot's lane", 0, 3),
    number: integerOf(number, "the slot's number", 1),
    previousSlotHash: nullOr(previous, (it) => bytesOf(it, "the previous slot", digestBytes)),
    encapsulation: bytesOf(encapsulation, "the encapsulation", encapsulationBytes),
    ciphertext: bytesOf(ciphertext, "the slot's ciphertext"),
  }
}

/** Opens a slot. Throws `cannot_open`, `bad_padding`, `not_canonical` or `malformed`. */
export async function openSlot(
  slot: Slot,
  headerHash: Uint8Array,
  key: KemKey,
): Promise<SlotContent> {
  const frame = await openWith(key, infoOf(slot, headerHash), slot)
  const inner = unframed(frame, (length) => roundedUp(length, paddingStep))
  if (inner === undefined) {
    throw new CryptoError("bad_padding", "the slot's padding is not the one that its content has")
  }
  const [messageSecret, salt, index, path, privatePart] = itemsOf(
    decode(inner, { bytesMax: slotBytesMax, depthMax: 1, itemsMax: 6 }),
    5,
    "the slot's content",
  )
  return {
    messageSecret: bytesOf(messageSecret, "the message secret", digestBytes),
    salt: bytesOf(salt, "the audience salt", digestBytes),
    index: integerOf(index, "the audience index", 0, 255),
    path: bytesOf(path, "the audience path", pathBytes),
    privatePart: bytesOf(privatePart, "the private part"),
  }
}

/** The hash of a slot, which the next slot of its lane names as the previous one. */
export function slotHash(slotBytes: Uint8Array): Uint8Array {
  return sha256(slotBytes)
}
