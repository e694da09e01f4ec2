/** The parts of an envelope that stand in the clear: header, slot and unit. */

import { encode } from "@tearline/crypto"
import {
  decodeHeader,
  decodeSlot,
  decodeUnit,
  encodeHeader,
  encodeUnit,
  type Header,
} from "@tearline/crypto/border"
import { laneOfUnit } from "@tearline/exchange/border"
import { claimsOf } from "@tearline/gateway/border"

import { accepted, decided } from "../refusal.ts"
import { hold, type Outcome, sameBytes, type Target } from "../target.ts"
import { headerCodes, shapeCodes } from "./crypto-codes.ts"
import { alder, birch, bytesNamed } from "./organisations.ts"

/** A header as Alder's exchange makes one. */
export function headerOf(changes: Partial<Header> = {}): Header {
  return {
    sender: alder.org,
    nonce: bytesNamed("nonce", 16),
    createdSeconds: 1_800_000_000,
    deliverBefore: null,
    precedence: 0,
    commitment: bytesNamed("commitment", 32),
    bodyBytes: 4112,
    gatewayKeyId: alder.gateway.verifying.id,
    ...changes,
  }
}

/** A slot with these fields, sealed to nobody. */
export function slotBytes(previous: Uint8Array | null = null): Uint8Array {
  const { id } = birch.kem.public
  const sealed = [bytesNamed("encapsulation", 1120), bytesNamed("ciphertext", 1040)]
  return encode([birch.org, id, 1, 0, 7, previous, ...sealed])
}

function readHeader(input: Uint8Array): Outcome {
  return decided(() => {
    const header = decodeHeader(input)
    hold(sameBytes(encodeHeader(header), input), "a header taken is written again byte for byte")
    return accepted(`${header.precedence} ${header.deliverBefore === null}`)
  }, headerCodes)
}

export async function openHeader(): Promise<Target> {
  return {
    name: "header",
    bytesMax: 1024,
    grammar: "cbor",
    words: [],
    seeds: [
      encodeHeader(headerOf()),
      encodeHeader(headerOf({ precedence: 3, deliverBefore: 1_900_000_000 })),
    ],
    run: readHeader,
  }
}

function readSlot(input: Uint8Array): Outcome {
  return decided(() => {
    const slot = decodeSlot(input)
    const { addressee, prekeyId, epoch, lane, number, previousSlotHash } = slot
    const place = [addressee, prekeyId, epoch, lane, number, previousSlotHash]
    const again = encode([...place, slot.encapsulation, slot.ciphertext])
    hold(sameBytes(again, input), "a slot taken is written again byte for byte")
    return accepted(`${lane} ${previousSlotHash === null}`)
  }, shapeCodes)
}

export async function openSlotTarget(): Promise<Target> {
  return {
    name: "slot",
    bytesMax: 66_000,
    grammar: "cbor",
    words: [],
    seeds: [slotBytes(), slotBytes(bytesNamed("previous", 32))],
    run: readSlot,
  }
}

/** A unit with its outside in order, signed by nobody. */
export function unitBytes(changes: Partial<Header> = {}, bodyLength = 4112): Uint8Array {
  return encodeUnit({
    header: encodeHeader(headerOf({ bodyBytes: bodyLength, ...changes })),
    body: new Uint8Array(bodyLength).fill(5),
    outer: null,
    slot: slotBytes(),
    slotIndex: 200,
    slotPath: bytesNamed("path", 256),
  })
}

/** Three readers of one unit: whatever order it is queued in must be the order that it is worth. */
function readUnit(input: Uint8Array): Outcome {
  const claims = claimsOf(input)
  const lane = laneOfUnit(input)
  return decided(() => {
    const unit = decodeUnit(input)
    hold(sameBytes(encodeUnit(unit), input), "a unit taken is written again byte for byte")
    const { precedence, sender } = decodeHeader(unit.header)
    hold(claims.lane === precedence, "the gateway queues a unit by its precedence")
    hold(lane === precedence, "the exchange queues a unit by its precedence")
    hold(claims.sender === sender.toHex(), "the gateway reads the sender that the header names")
    return accepted(`${precedence}`)
  }, headerCodes)
}

export async function openUnitTarget(): Promise<Target> {
  return {
    name: "unit",
    bytesMax: 1_260_000,
    grammar: "cbor",
    words: [],
    seeds: [0, 1, 2, 3].map((it) => unitBytes({ precedence: it as 0 | 1 | 2 | 3 }, 16 + it)),
    run: readUnit,
    grown: (count) => unitBytes({}, count * 250),
  }
}
