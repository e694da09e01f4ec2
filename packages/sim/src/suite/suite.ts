/**
 * A suite for the simulator: real hashing, and signatures that hold unless a byte was changed.
 *
 * A unit is three lines: a header, the signed object, the part. Its outer signature is a keyed hash
 * of all of it, so that every flip and every truncation is seen where the real suite would see it.
 * Nothing is encrypted: whether somebody reads what is not theirs is a checker's business.
 */

import { hash } from "node:crypto"

import {
  type Addressee,
  type CheckedUnit,
  type Custody,
  type Digest,
  type GatewaySuite,
  type Hashing,
  type Lane,
  type LanePlace,
  type MessageId,
  type OrgId,
  type Sealed,
  type Sealer,
  type Statement,
  type UnitCheck,
} from "@tearline/core"

import type { Random } from "../time/random.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const markLength = 16

/** Every caller writes the keys of one kind of value in one order, so that none is sorted here. */
export const hashing: Hashing = {
  hash: (bytes) => Uint8Array.fromHex(hash("sha256", bytes, "hex")),
  encode: (value) => encoder.encode(JSON.stringify(value)),
}

export const hashHex = (bytes: Uint8Array | string): string => hash("sha256", bytes, "hex")
export const bytesOf = (text: string): Uint8Array => encoder.encode(text)
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)

export function orgIdOf(name: string): OrgId {
  return hashHex(name).slice(0, 32) as OrgId
}

/** An envelope's name follows from its message's, as nobody may choose it. */
export function digestOf(id: MessageId): Digest {
  return (id.slice(32) + id.slice(0, 32)) as Digest
}

/** What has been signed, as told to whoever keeps the truth. */
export interface Sealing {
  readonly id: MessageId
  readonly statement: Statement
  readonly addressees: readonly Addressee[]
}

export interface UnitText {
  readonly digest: Digest
  readonly sender: OrgId
  readonly addressee: OrgId
  readonly lane: Lane
  readonly place: Pick<LanePlace, "epoch" | "lane" | "number">
  readonly signed: string
  readonly part: string
}

export function unitOf(unit: UnitText): Uint8Array {
  const { digest, sender, addressee, lane, place, signed, part } = unit
  const header = [digest, sender, addressee, lane, place.epoch, place.lane, place.number]
  return bytesOf(`${header.join(" ")}\n${signed}\n${part}\n`)
}

export function readUnit(unit: Uint8Array): UnitText | undefined {
  const [header = "", signed, part] = textOf(unit).split("\n")
  const [digest, sender, addressee, lane, epoch, placeLane, number] = header.split(" ")
  if (part === undefined || signed === undefined || number === undefined) return undefined
  return {
    digest: digest as Digest,
    sender: sender as OrgId,
    addressee: addressee as OrgId,
    lane: Number(lane) as Lane,
    place: { epoch: Number(epoch), lane: Number(placeLane) as Lane, number: Number(number) },
    signed,
    part,
  }
}

export function openSealer(random: Random, onSealed: (sealing: Sealing) => void): Sealer {
  return {
    async seal(statement, addressees): Promise<Sealed> {
      const signed = JSON.stringify([statement, random.bytes(16).toHex()])
      const id = hashHex(signed) as MessageId
      const digest = digestOf(id)
      onSealed({ id, statement, addressees })
      const units = addressees.map(({ org, part, place }) => {
        const partText = JSON.stringify(part)
        const { author: sender } = statement
        const text = { digest, sender, addressee: org, lane: place.lane, place, signed }
        const unit = unitOf({ ...text, part: partText })
        return { org, unit, slotHash: id, part: bytesOf(partText) }
      })
      return { id, digest, signed: bytesOf(signed), units }
    },
  }
}

const markOf = (text: string, key: OrgId) => hashHex(text + key).slice(0, markLength)

/** The unit with the sending gateway's outer signature. */
export function withOuter(unit: Uint8Array, gateway: OrgId): Uint8Array {
  return bytesOf(textOf(unit) + markOf(textOf(unit), gateway))
}

const bad = (code: string): UnitCheck => ({
  kind: "bad",
  code,
  signed: false,
  digest: null,
  sender: null,
})

function checkUnit(own: OrgId, peers: ReadonlySet<OrgId>, bytes: Uint8Array): UnitCheck {
  const text = textOf(bytes)
  const unit = readUnit(bytes)
  if (unit === undefined) return bad("malformed")
  const { digest, sender, lane, addressee, signed } = unit
  if (!peers.has(sender)) return bad("unknown_sender")
  const inner = text.slice(0, -markLength)
  if (markOf(inner, sender) !== text.slice(-markLength)) return bad("bad_signature")
  if (digestOf(hashHex(signed) as MessageId) !== digest) return bad("bad_digest")
  if (addressee !== own) return { kind: "bad", code: "not_addressed", signed: true, digest, sender }
  return { kind: "good", unit: { digest, sender, lane } }
}

function signedLine(words: readonly (string | number)[], key: OrgId): Uint8Array {
  const line = words.join(" ")
  return bytesOf(`${line} ${markOf(line, key)}`)
}

export function gatewaySuiteOf(own: OrgId, peers: ReadonlySet<OrgId>): GatewaySuite {
  return {
    check: (bytes) => checkUnit(own, peers, bytes),
    custody: ({ digest, sender }: CheckedUnit, atMs) =>
      signedLine(["custody", digest, sender, own, atMs], own),
    refusal: ({ digest, sender, code }, atMs) =>
      signedLine(["refused", digest, sender, own, atMs, code], own),
  }
}

export interface SignedLine {
  readonly digest: string
  readonly sender: string
  readonly recipient: OrgId
  readonly atMs: number
  /** Only in a refusal. */
  readonly code: string | undefined
}

/** A custody receipt or refusal whose signature holds. */
export function readLine(bytes: Uint8Array): SignedLine | undefined {
  const words = textOf(bytes).split(" ")
  const [kind, digest, sender, recipient, atMs, code] = words
  const mark = words.pop()
  if (recipient === undefined || digest === undefined || sender === undefined) return undefined
  if (markOf(words.join(" "), recipient as OrgId) !== mark) return undefined
  const refusal = kind === "refused" ? code : undefined
  return { digest, sender, recipient: recipient as OrgId, atMs: Number(atMs), code: refusal }
}

export function custodyIn(receipt: Uint8Array): Custody | undefined {
  const line = readLine(receipt)
  return line && { digest: line.digest as Digest, by: line.recipient, atMs: line.atMs }
}

/** A signed object out of its bytes; undefined when they are not what its id says. */
export function readSigned(id: MessageId, signed: Uint8Array): Statement | undefined {
  if (hashHex(signed) !== id) return undefined
  const [statement] = JSON.parse(textOf(signed)) as [Statement]
  return statement
}
