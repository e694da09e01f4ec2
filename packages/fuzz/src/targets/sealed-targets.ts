/**
 * What is read behind a seal. An input is what a hostile but known sender would seal: the harness
 * makes commitment, audience, signature and outer signature hold, so that each check behind them is
 * reached; or it leaves one of them as the input says.
 */

import { createCipheriv } from "node:crypto"

import {
  attachOuter,
  checkUnit,
  decode,
  encode,
  isInAudience,
  openUnit,
  outerSignature,
  sealUnits,
  signPayload,
  type OpeningTrust,
  type Value,
} from "@tearline/crypto"
import {
  audienceOver,
  bodyBytesFor,
  bodyKeyOf,
  commitmentOf,
  encodeHeader,
  encodeUnit,
  framed,
  openBody,
  openSlot,
  sealBody,
  sealTo,
  sha256,
  type Slot,
} from "@tearline/crypto/border"
import { gatewaySuite } from "@tearline/gateway/border"
import { Random } from "@tearline/sim"

import { accepted, canary, decided, decidedLater } from "../refusal.ts"
import { hold, type Outcome, sameBytes, type Target } from "../target.ts"
import { bodyCodes, openingCodes, shapeCodes, slotCodes } from "./crypto-codes.ts"
import { headerOf, slotBytes } from "./envelope-parts.ts"
import { alder, birch, bytesNamed, onlyKey } from "./organisations.ts"
import { exampleStatement, partWith } from "./samples.ts"

const isAlder = (sender: Uint8Array) => sameBytes(sender, alder.org)

const gatewayKeyOf = (sender: Uint8Array, id: Uint8Array) =>
  isAlder(sender) ? onlyKey(alder.gateway.verifying)(id) : undefined

const trust: OpeningTrust = {
  ownOrg: birch.org,
  gatewayKeyOf,
  exchangeKeyOf: (sender, id) =>
    isAlder(sender) ? onlyKey(alder.exchange.verifying)(id) : undefined,
  kemKeyOf: (id) => (sameBytes(id, birch.kem.public.id) ? birch.kem : undefined),
}

const suite = gatewaySuite({ org: birch.id, gatewayKey: birch.gateway, keyOf: gatewayKeyOf })

const messageSecret = bytesNamed("secret", 32)
const commitment = commitmentOf(messageSecret)
const nonce = bytesNamed("nonce", 16)
const bind = sha256(Buffer.from("bind"), nonce, commitment)
const place = { epoch: 1, lane: 1, number: 7, previousSlotHash: null }

/** The payload around a statement of any bytes; canonical where the statement is. */
function payloadAround(audience: Uint8Array, statement: Uint8Array): Uint8Array {
  const head = encode({ audience, bind, statement: null })
  return new Uint8Array(Buffer.concat([head.subarray(0, -1), statement]))
}

/** A unit whose outer signature holds over whatever stands in it. */
function signedUnit(common: { header: Uint8Array; body: Uint8Array }, unit: Uint8Array) {
  const { slot, slotIndex, slotPath } = partsOf(unit)
  const root = rootOf(slot, slotIndex, slotPath)
  const digest = sha256(
    Buffer.from("tearline/env/v1"),
    sha256(common.header),
    sha256(common.body),
    root,
  )
  return attachOuter(unit, outerSignature(alder.gateway, digest, root))
}

function partsOf(unit: Uint8Array) {
  const items = decode(unit, { bytesMax: 1_300_000 }) as readonly Value[]
  const [, , , slot, slotIndex, slotPath] = items
  return {
    slot: slot as Uint8Array,
    slotIndex: slotIndex as number,
    slotPath: slotPath as Uint8Array,
  }
}

/** RFC 6962: which side a path's hash stands on is told by the index's bits. */
function rootOf(slot: Uint8Array, index: number, path: Uint8Array): Uint8Array {
  let hash = sha256(Uint8Array.of(0), slot)
  for (let level = 0; level < 8; level += 1) {
    const other = path.subarray(level * 32, level * 32 + 32)
    const isRight = Math.floor(index / 2 ** level) % 2 === 1
    hash = isRight ? sha256(Uint8Array.of(1), other, hash) : sha256(Uint8Array.of(1), hash, other)
  }
  return hash
}

interface ToSeal {
  /** Of the kind that the signature's context names. */
  readonly context: string
  readonly statement: Uint8Array
  readonly part: Uint8Array
}

/** A unit as Alder's gateway sends it to Birch, whatever stands inside. */
export async function sealed({ context, statement, part }: ToSeal): Promise<Uint8Array> {
  const random = new Random("audience")
  const member = { org: birch.org, privatePart: part }
  const { root, openings } = audienceOver([member], (count) => random.bytes(count))
  const [opening] = openings
  if (opening === undefined) throw new RangeError("an audience of one has one opening")
  const payload = payloadAround(root, statement)
  const signed = signPayload(context as "tearline/warning/v1", alder.exchange, payload)
  const header = encodeHeader(
    headerOf({ nonce, commitment, precedence: 1, bodyBytes: bodyBytesFor(signed.length) }),
  )
  const body = sealBody(messageSecret, sha256(header), signed)
  const to = { ...place, org: birch.org, kem: birch.kem.public, privatePart: part, opening }
  const { units } = await sealUnits({ header, body, messageSecret }, [to], (count) =>
    random.bytes(count),
  )
  return signedUnit({ header, body }, units[0] ?? new Uint8Array())
}

function toSealOf(input: Uint8Array): ToSeal | undefined {
  const value = decode(input, { bytesMax: 900_000 })
  if (!Array.isArray(value)) return undefined
  const [context, statement, part] = value as readonly Value[]
  const isWhole = statement instanceof Uint8Array && part instanceof Uint8Array
  if (!isWhole || typeof context !== "string" || context.length > 80 || part.length > 60_000) {
    return undefined
  }
  return { context, statement, part }
}

/** Everything that our exchange would open, and what of it comes out as signed. */
async function runEnvelope(input: Uint8Array): Promise<Outcome> {
  let toSeal: ToSeal | undefined
  try {
    toSeal = toSealOf(input)
  } catch {
    toSeal = undefined
  }
  if (toSeal === undefined) return { isAccepted: false, feature: "nothing to seal" }
  const { statement, part } = toSeal
  const unit = await sealed(toSeal)
  hold(suite.check(unit).kind === "good", "the gateway takes what its peer's gateway signed")
  return decidedLater(async () => {
    const opened = await openUnit(unit, trust)
    hold(sameBytes(encode(opened.statement), statement), "a statement opened is what was signed")
    hold(sameBytes(opened.privatePartBytes, part), "a part opened is what was sealed")
    return accepted(`${opened.kind.length > 12}`)
  }, openingCodes)
}

const wrapped = (context: string, statement: Value, part: Value) =>
  encode([context, encode(statement), encode(part)])

export async function openEnvelopeTarget(): Promise<Target> {
  const context = "tearline/warning/v1"
  return {
    name: "envelope",
    batch: 64,
    bytesMax: 200_000,
    grammar: "cbor",
    words: [canary, "kind", "content", "statement", "__proto__", "tearline/read-back/v1"],
    seeds: [
      wrapped(context, exampleStatement("warning"), partWith()),
      wrapped("tearline/heartbeat/v1", exampleStatement("heartbeat"), partWith({ subject: null })),
      wrapped(context, { said: canary }, {}),
    ],
    run: runEnvelope,
  }
}

/** A unit as it reaches the gateway: everything in it may be changed, and nothing is signed again. */
export async function openUnitCheckTarget(): Promise<Target> {
  const one = { statement: encode({ said: canary }), part: encode({ to: canary }) }
  const unit = await sealed({ ...one, context: "tearline/warning/v1" })
  const foreign = encodeUnit({
    header: encodeHeader(headerOf({ bodyBytes: 16 })),
    body: new Uint8Array(16),
    outer: null,
    slot: slotBytes(),
    slotIndex: 0,
    slotPath: new Uint8Array(256),
  })
  return {
    name: "unit-check",
    bytesMax: 1_258_400,
    grammar: "cbor",
    words: [],
    seeds: [
      unit,
      foreign,
      signedUnit({ header: partOf(foreign, 0), body: partOf(foreign, 1) }, foreign),
    ],
    run(input) {
      const outcome = decided(() => {
        const { precedence } = checkUnit(input, trust)
        return accepted(`${precedence}`)
      }, openingCodes)
      const check = suite.check(input)
      hold((check.kind === "good") === outcome.isAccepted, "suite and gateway agree on a unit")
      const isNamed = check.kind === "good" || check.signed === (check.digest !== null)
      hold(isNamed, "a refusal is signed only where the envelope is known")
      return outcome
    },
  }
}

function partOf(unit: Uint8Array, at: number): Uint8Array {
  return (decode(unit) as readonly Value[])[at] as Uint8Array
}

const headerHash = bytesNamed("header", 32)

function sealedFrame(frame: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-256-gcm", bodyKeyOf(messageSecret), new Uint8Array(12))
  cipher.setAAD(headerHash)
  return Buffer.concat([cipher.update(frame), cipher.final(), cipher.getAuthTag()])
}

function runBody(body: Uint8Array): Outcome {
  return decided(() => {
    const content = openBody(messageSecret, headerHash, body)
    const again = sealBody(messageSecret, headerHash, content)
    hold(sameBytes(again, body), "a body opened has one frame")
    return accepted(`${content.length > 4092}`)
  }, bodyCodes)
}

const frameOf = (length: number) =>
  framed(new Uint8Array(length).fill(1), bodyBytesFor(length) - 16)

/** The frame of a body, sealed as it is: length, content, padding. */
export async function openBodyTarget(): Promise<Target> {
  return {
    name: "body",
    bytesMax: 1_048_700,
    grammar: "text",
    words: ["\u0000\u0000\u0010\u0000", "\u00ff\u00ff\u00ff\u00ff", "\u0000"],
    seeds: [0, 1, 4092, 4093, 9_000].map((length) => new Uint8Array(frameOf(length))),
    run(input) {
      const asIs = runBody(input)
      return asIs.isAccepted ? asIs : runBody(sealedFrame(input))
    },
    grown: (count) => frameOf(count * 200),
  }
}

const slotContent = (part: Uint8Array) =>
  encode([messageSecret, bytesNamed("salt", 32), 3, bytesNamed("path", 256), part])

/** What a slot hides, sealed as it is: CBOR in a padded frame. */
export async function openSlotContentTarget(): Promise<Target> {
  const { id } = birch.kem.public
  const info = encode(["tearline/slot/v1", headerHash, birch.org, id, 1, 0, 7, null])
  const slot = { ...place, lane: 0, addressee: birch.org, prekeyId: id }
  return {
    name: "slot-content",
    batch: 64,
    bytesMax: 66_000,
    grammar: "cbor",
    words: [canary],
    seeds: [slotContent(encode(partWith())), slotContent(new Uint8Array())],
    run(input) {
      return decidedLater(async () => {
        // A frame of another shape is a first byte that no content begins with.
        const isFramed = input[0] !== 0xff
        const plain = isFramed ? framed(input, Math.ceil((4 + input.length) / 512) * 512) : input
        const to: Slot = { ...slot, ...(await sealTo(birch.kem.public, info, plain)) }
        const opened = await openSlot(to, headerHash, birch.kem)
        const { messageSecret: secret, salt, index, path, privatePart } = opened
        const again = encode([secret, salt, index, path, privatePart])
        hold(sameBytes(again, input), "a slot's content taken is what was sealed")
        return accepted("slot content")
      }, slotCodes)
    },
  }
}

/** An opening of the audience, as an exchange finds it in a slot. */
export async function openAudienceTarget(): Promise<Target> {
  const random = new Random("audience")
  const member = { org: birch.org, privatePart: encode(partWith()) }
  const { root, openings } = audienceOver([member], (count) => random.bytes(count))
  const seeds = openings.map(({ salt, index, path }) => encode([salt, index, path]))
  return {
    name: "audience",
    bytesMax: 2_000,
    grammar: "cbor",
    words: [],
    seeds,
    run: (input) =>
      decided(() => {
        const value = decode(input)
        const items = Array.isArray(value) && value.length === 3 ? (value as readonly Value[]) : []
        const [salt, index, path] = items
        const isOpening =
          salt instanceof Uint8Array && path instanceof Uint8Array && typeof index === "number"
        if (!isOpening) return { isAccepted: false, feature: "no opening" }
        const isIn = isInAudience(root, member, { salt, index, path })
        const isTrue = seeds.some((it) => sameBytes(it, input))
        hold(!isIn || isTrue, "nothing but the true opening shows membership")
        return { isAccepted: isIn, feature: "opening" }
      }, shapeCodes),
  }
}
