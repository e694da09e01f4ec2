/**
 * A suite for the simulator: real hashing, and signatures that hold unless a byte was changed.
 *
 * A unit is three lines: a header, the signed object, the part. Its outer signature is a keyed mark
 * over all of it, so that every flip and every truncation is seen where the real suite would see
 * it. Nothing is encrypted: whether somebody reads what is not theirs is a checker's business.
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
import { bytesOf, forgetText, knownOf, textOf } from "./bytes.ts"
import { markOf } from "./mark.ts"

/** Every caller writes the keys of one kind of value in one order, so that none is sorted here. */
export const hashing: Hashing = {
  hash: (bytes) => Uint8Array.fromHex(hash("sha256", knownOf(bytes).text ?? bytes, "hex")),
  encode: (value) => bytesOf(JSON.stringify(value)),
}

const hashes = new WeakMap<Uint8Array, Uint8Array>()

/** For bytes that are looked at again and again: what is changed is another array. */
export const hashingOnce: Pick<Hashing, "hash"> = {
  hash(bytes) {
    const known = hashes.get(bytes) ?? hashing.hash(bytes)
    hashes.set(bytes, known)
    return known
  },
}

export const hashHex = (text: string): string => hash("sha256", text, "hex")

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
  /** The signed object. */
  readonly signed: string
}

export interface UnitText {
  /** What the signed object hashes to. */
  readonly id: MessageId
  readonly digest: Digest
  readonly sender: OrgId
  readonly addressee: OrgId
  readonly lane: Lane
  readonly place: Pick<LanePlace, "epoch" | "lane" | "number">
  readonly signed: string
  readonly part: string
}

interface KnownUnit {
  /** Null where there is no unit in it. */
  unit: UnitText | null
  /** Whose gateway has made the outer signature at its end. */
  outer: OrgId
  /** The same with the outer signature: a unit that goes again is the same unit. */
  marked: Uint8Array
}

export function unitOf(unit: UnitText): Uint8Array {
  const { digest, sender, addressee, lane, place, signed, part } = unit
  const header = `${digest} ${sender} ${addressee} ${lane}`
  const bytes = bytesOf(
    `${header} ${place.epoch} ${place.lane} ${place.number}\n${signed}\n${part}\n`,
  )
  knownOf<KnownUnit>(bytes).unit = unit
  return bytes
}

export function readUnit(bytes: Uint8Array): UnitText | undefined {
  const known = knownOf<KnownUnit>(bytes)
  if (known.unit === undefined) known.unit = parsedUnit(textOf(bytes)) ?? null
  return known.unit ?? undefined
}

function parsedUnit(text: string): UnitText | undefined {
  const [header = "", signed, part] = text.split("\n")
  const [digest, sender, addressee, lane, epoch, placeLane, number] = header.split(" ")
  if (part === undefined || signed === undefined || number === undefined) return undefined
  return {
    id: hashHex(signed) as MessageId,
    digest: digest as Digest,
    sender: sender as OrgId,
    addressee: addressee as OrgId,
    lane: Number(lane) as Lane,
    place: { epoch: Number(epoch), lane: Number(placeLane) as Lane, number: Number(number) },
    signed,
    part,
  }
}

/** What reads a message breaks on it, however well the disk is. */
export class PoisonError extends Error {
  override name = "PoisonError"
}

export function openSealer(
  random: Random,
  onSealed: (sealing: Sealing) => void,
  poison: ReadonlySet<MessageId>,
): Sealer {
  return {
    async seal(statement, addressees): Promise<Sealed> {
      if (statement.answers.some((it) => poison.has(it))) throw new PoisonError("it breaks")
      const signed = JSON.stringify([statement, random.hex(16)])
      const id = hashHex(signed) as MessageId
      const digest = digestOf(id)
      onSealed({ id, statement, addressees, signed })
      const units = addressees.map(({ org, part, place }) => {
        const partText = JSON.stringify(part)
        const { author: sender } = statement
        const text = { id, digest, sender, addressee: org, lane: place.lane, place, signed }
        const unit = unitOf({ ...text, part: partText })
        const opening = openingOf(signed, partText, sender)
        return { org, unit, slotHash: id, part: bytesOf(partText), opening }
      })
      return { id, digest, signed: signedBytesOf(id, signed), units }
    },
  }
}

/** What shows that a part was signed together with this object. */
export function openingOf(signed: string, part: string, author: OrgId): Uint8Array {
  return bytesOf(markOf(`${signed}\n${part}`, author))
}

/** The unit with the sending gateway's outer signature. */
export function withOuter(unit: Uint8Array, gateway: OrgId): Uint8Array {
  const inner = knownOf<KnownUnit>(unit)
  if (inner.marked !== undefined && isOuterOf(inner.marked, gateway)) return inner.marked
  const text = textOf(unit)
  const bytes = bytesOf(text + markOf(text, gateway))
  const known = knownOf<KnownUnit>(bytes)
  known.unit = readUnit(unit) ?? null
  known.outer = gateway
  inner.marked = bytes
  // Held for months at the other end, and hardly ever looked at as text again.
  forgetText(unit)
  forgetText(bytes)
  return bytes
}

function isOuterOf(bytes: Uint8Array, sender: OrgId): boolean {
  if (knownOf<KnownUnit>(bytes).outer === sender) return true
  const text = textOf(bytes)
  const at = text.lastIndexOf("\n") + 1
  return markOf(text.slice(0, at), sender) === text.slice(at)
}

/** Whether the outer signature of a unit is its sender's. */
export function outerHolds(bytes: Uint8Array): boolean {
  const sender = readUnit(bytes)?.sender
  return sender !== undefined && isOuterOf(bytes, sender)
}

const bad = (code: string): UnitCheck => ({
  kind: "bad",
  code,
  signed: false,
  digest: null,
  sender: null,
})

function checkUnit(own: OrgId, peers: ReadonlySet<OrgId>, bytes: Uint8Array): UnitCheck {
  const unit = readUnit(bytes)
  if (unit === undefined) return bad("malformed")
  const { id, digest, sender, lane, addressee } = unit
  if (!peers.has(sender)) return bad("unknown_sender")
  if (!isOuterOf(bytes, sender)) return bad("bad_signature")
  if (digestOf(id) !== digest) return bad("bad_digest")
  if (addressee !== own) return { kind: "bad", code: "not_addressed", signed: true, digest, sender }
  return { kind: "good", unit: { digest, sender, lane } }
}

/** What a gateway signs about one envelope. */
export interface SignedLine {
  readonly digest: string
  readonly sender: string
  readonly recipient: OrgId
  readonly atMs: number
  /** Only in a refusal. */
  readonly code: string | undefined
}

interface KnownLine {
  /** Null where no signature holds. */
  line: SignedLine | null
}

/** No two signatures are alike, as real ones are hedged: `salt` is of this one. */
function signedLine(line: SignedLine, salt: number): Uint8Array {
  const { digest, sender, recipient, atMs, code } = line
  const word = code === undefined ? "custody" : "refused"
  const text = `${word} ${digest} ${sender} ${recipient} ${atMs} ${code ?? salt}`
  const bytes = bytesOf(`${text} ${markOf(text, recipient)}`)
  knownOf<KnownLine>(bytes).line = line
  return bytes
}

export function gatewaySuiteOf(own: OrgId, peers: ReadonlySet<OrgId>): GatewaySuite {
  let signed = 0
  return {
    check: (bytes) => checkUnit(own, peers, bytes),
    custody: ({ digest, sender }: CheckedUnit, atMs) =>
      signedLine({ digest, sender, recipient: own, atMs, code: undefined }, (signed += 1)),
    refusal: ({ digest, sender, code }, atMs) =>
      signedLine({ digest, sender, recipient: own, atMs, code }, (signed += 1)),
  }
}

/** A custody receipt or refusal whose signature holds. */
export function readLine(bytes: Uint8Array): SignedLine | undefined {
  const known = knownOf<KnownLine>(bytes)
  if (known.line === undefined) known.line = parsedLine(textOf(bytes)) ?? null
  return known.line ?? undefined
}

function parsedLine(text: string): SignedLine | undefined {
  const words = text.split(" ")
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

interface KnownSigned {
  /** What the bytes hash to. */
  id: MessageId
  statement: Statement
}

/** The bytes of a signed object, of which the hash is known. */
export function signedBytesOf(id: MessageId, signed: string): Uint8Array {
  const bytes = bytesOf(signed)
  knownOf<KnownSigned>(bytes).id = id
  return bytes
}

/** A signed object out of its bytes; undefined when they are not what its id says. */
export function readSigned(id: MessageId, signed: Uint8Array): Statement | undefined {
  const known = knownOf<KnownSigned>(signed)
  known.id ??= hash("sha256", signed, "hex") as MessageId
  if (known.id !== id) return undefined
  if (known.statement === undefined) {
    const statement = statementIn(textOf(signed))
    if (statement === undefined) return undefined
    known.statement = statement
  }
  return known.statement
}

function statementIn(text: string): Statement | undefined {
  try {
    const object: unknown = JSON.parse(text)
    return Array.isArray(object) ? (object[0] as Statement) : undefined
  } catch {
    return undefined
  }
}
