/** The envelope's vectors: two good units, and for each step of opening one that fails there. */

import { decodeHeader, encodeHeader } from "../packages/crypto/src/header.ts"
import { seedOfSigningKey, sealUnits, signOuter } from "../packages/crypto/src/index.ts"
import { sha256 } from "../packages/crypto/src/suite.ts"
import {
  type Unit,
  decodeUnit,
  digestOf,
  encodeUnit,
  outerSignature,
  slotsRootOf,
} from "../packages/crypto/src/unit.ts"
import { randomFrom, toHex } from "../packages/crypto/test/fixtures.ts"
import {
  type Organisation,
  addressee,
  alder,
  at,
  birch,
  cedar,
  departed,
} from "../packages/crypto/test/organisations.ts"

const random = randomFrom("envelope vector")
const envelope = await departed({ random })
const other = await departed({ random, statement: { what: "something else" } })
const toCedarOnly = await departed({ random, addressees: [addressee(cedar)] })
const parts = decodeUnit(at(envelope.signed, 0))

function resigned(unit: Partial<Unit>): Uint8Array {
  const made = { ...parts, ...unit }
  const slotsRoot = slotsRootOf(made)
  const digest = digestOf(sha256(made.header), made.body, slotsRoot)
  return encodeUnit({ ...made, outer: outerSignature(alder.gateway, digest, slotsRoot) })
}

/** A unit for Birch with new slots, over parts of an envelope that may be another's. */
async function reslotted(
  sealed: typeof envelope,
  messageSecret = sealed.resealable.messageSecret,
): Promise<Uint8Array> {
  const privatePart = at(sealed.privateParts, 0)
  const opening = at(sealed.audienceOpenings, 0)
  const slot = { ...addressee(birch), privatePart, opening }
  const { units } = await sealUnits({ ...sealed.resealable, messageSecret }, [slot], random)
  return signOuter(alder.gateway, at(units, 0))
}

async function refusedUnits(): Promise<readonly (readonly [string, string, Uint8Array])[]> {
  const moved = decodeUnit(at(other.signed, 0))
  const header = encodeHeader({ ...decodeHeader(parts.header), precedence: 3 })
  const body = Uint8Array.from(parts.body).with(100, (parts.body[100] ?? 0) ^ 1)
  return [
    [
      "not_canonical",
      "a byte after the end",
      Buffer.concat([at(envelope.signed, 0), Buffer.of(0)]),
    ],
    ["unknown_version", "format version 2", encodeUnit({ ...parts, header: headerWith(2, 2) })],
    ["unknown_suite", "suite 2", encodeUnit({ ...parts, header: headerWith(4, 2) })],
    ["bad_outer_signature", "a changed header", encodeUnit({ ...parts, header })],
    ["bad_outer_signature", "not signed yet", at(envelope.units, 0)],
    ["foreign_slot", "the slot of another addressee", at(envelope.signed, 1)],
    ["slot_not_under_root", "a slot of another envelope", encodeUnit({ ...moved, ...outside() })],
    ["cannot_open", "a changed header that the gateway signed", resigned({ header })],
    ["cannot_open", "a flipped body bit that the gateway signed", resigned({ body })],
    ["commitment_mismatch", "another secret", await reslotted(envelope, new Uint8Array(32))],
    ["not_in_audience", "sealed again to an outsider", await reslotted(toCedarOnly)],
  ]
}

function outside(): Pick<Unit, "header" | "body" | "outer"> {
  return { header: parts.header, body: parts.body, outer: parts.outer }
}

function headerWith(index: number, byte: number): Uint8Array {
  return Uint8Array.from(parts.header).with(index, byte)
}

function keysOf(own: Organisation): unknown {
  return {
    org: toHex(own.org),
    exchangePublicKey: toHex(own.exchange.verifying.publicKey),
    gatewayPublicKey: toHex(own.gateway.verifying.publicKey),
    kemSeed: toHex(own.kemSeed),
    kemPublicKey: toHex(own.kem.public.publicKey),
  }
}

/** The content of spec/vectors/envelope.json. */
export async function envelopeVectors(): Promise<unknown> {
  const refused = await refusedUnits()
  return {
    about: "spec/envelope.md. Units from Alder; the refused ones are offered to Birch.",
    exchangeSeed: toHex(seedOfSigningKey(alder.exchange)),
    alder: keysOf(alder),
    birch: keysOf(birch),
    cedar: keysOf(cedar),
    messageId: envelope.messageId,
    digest: toHex(envelope.digest),
    payload: toHex(envelope.payload),
    valid: [
      {
        to: "birch",
        unit: toHex(at(envelope.signed, 0)),
        slotHash: toHex(at(envelope.slotHashes, 0)),
      },
      {
        to: "cedar",
        unit: toHex(at(envelope.signed, 1)),
        slotHash: toHex(at(envelope.slotHashes, 1)),
      },
    ],
    invalid: refused.map(([code, reason, unit]) => ({ code, reason, unit: toHex(unit) })),
  }
}
