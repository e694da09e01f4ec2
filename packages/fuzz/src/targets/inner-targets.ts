/** What gateway, exchange and desk say to each other, and the invite that people carry. */

import { kindRule, precedences } from "@tearline/core"
import { encode, signCustody, type Value } from "@tearline/crypto"
import { sha256 } from "@tearline/crypto/border"
import {
  decodeInvite,
  encodeInvite,
  ExchangeError,
  framesOf,
  fromOpenerBytes,
  readAct,
  readFrame,
  readFromOpener,
  readIntroduction,
  readRelease,
  verify,
} from "@tearline/exchange/border"
import { decodePeers, GatewayError, Peers } from "@tearline/gateway/border"

import { accepted, canary, decided, decidedLater, type Declared } from "../refusal.ts"
import { hold, type Outcome, sameBytes, type Target } from "../target.ts"
import { gateCodes } from "./crypto-codes.ts"
import { unitBytes } from "./envelope-parts.ts"
import { alder, birch, bytesNamed, messageNamed, threadNamed } from "./organisations.ts"
import { contents, exampleStatement, partWith } from "./samples.ts"
import { identityBytes, operationsBytes } from "./signed-statements.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const inviteCodes: Declared = [[ExchangeError, ["bad_invite"]]]

/** The text as it is copied; or, where the input is none, the CBOR that it would carry. */
function runInvite(input: Uint8Array): Outcome {
  return decided(() => {
    const isText = input[0] !== undefined && input[0] < 0x80
    const statements = decodeInvite(isText ? decoder.decode(input) : input.toBase64())
    const again = decodeInvite(encodeInvite(statements))
    hold(
      sameBytes(again.operations, statements.operations),
      "an invite read is written again alike",
    )
    const { org } = verify(statements, undefined)
    hold(org === alder.id, "an invite that holds is of whom its root key says")
    return accepted("invite")
  }, inviteCodes)
}

export async function openInvite(): Promise<Target> {
  const statements = { identity: identityBytes, operations: operationsBytes }
  const text = encodeInvite(statements)
  return {
    name: "invite",
    bytesMax: 1_000_000,
    grammar: "cbor",
    words: ["identity", "operations", canary],
    seeds: [Uint8Array.fromBase64(text), encoder.encode(text), encoder.encode(`${text}\n`)],
    run: runInvite,
    grown: (count) =>
      encode({
        identity: Array.from({ length: count }, () => new Uint8Array(1)),
        operations: new Uint8Array(),
      }),
  }
}

const frameCodes: Declared = [...gateCodes, [ExchangeError, ["malformed_request", "too_large"]]]

/** In pieces whose lengths the first bytes of the stream say, so that every cut is tried. */
async function* piecesOf(input: Uint8Array): AsyncGenerator<Buffer> {
  const [step = 1] = input
  const bytes = Buffer.from(input.subarray(1))
  const size = step === 0 ? 65_536 : step
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function runFrames(input: Uint8Array): Promise<Outcome> {
  return decidedLater(async () => {
    let frames = 0
    let bytes = 0
    for await (const frame of framesOf(piecesOf(input))) {
      frames += 1
      bytes += 4 + (frame?.length ?? 0)
      if (frame === null) continue
      const { unit, receipt, atMs } = readFrame(frame)
      hold(sameBytes(encode([unit, receipt, atMs]), frame), "a frame taken is written again alike")
    }
    hold(bytes <= input.length, "frames hold no more than the stream")
    return accepted(`${Math.min(frames, 4)}`)
  }, frameCodes)
}

function streamOf(step: number, ...frames: readonly Uint8Array[]): Uint8Array {
  const parts = frames.flatMap((frame) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(frame.length)
    return [length, frame]
  })
  return new Uint8Array(Buffer.concat([Uint8Array.of(step), ...parts]))
}

export async function openFrames(): Promise<Target> {
  const unit = unitBytes({}, 64)
  const about = { digest: bytesNamed("digest", 32), sender: alder.org, recipient: birch.org }
  const receipt = signCustody(birch.gateway, {
    ...about,
    atMs: 1_900_000_000_000,
    unitHash: sha256(unit),
  })
  const frame = encode([unit, receipt, 1_900_000_000_000])
  const small = encode([new Uint8Array(3), new Uint8Array(2), 1])
  const none = new Uint8Array()
  return {
    name: "frames",
    bytesMax: 1_300_000,
    grammar: "text",
    words: [
      "\u0000\u0000\u0000\u0000",
      "\u00ff\u00ff\u00ff\u00ff",
      "\u0000\u0000\u0000\u0005\u0083\u0040\u0040\u0001",
    ],
    seeds: [
      streamOf(0, frame),
      streamOf(1, none, small, none, small),
      streamOf(7, small, small, small),
      streamOf(200, none, frame, small),
    ],
    run: runFrames,
    // Many pieces of one byte: joining them again and again would cost the square.
    grown: (count) => streamOf(1, encode([new Uint8Array(count * 8), none, 1])),
  }
}

const peerCodes: Declared = [
  [GatewayError, ["malformed"]],
  ...gateCodes.map(([kind, codes]) => [kind, [...codes, "bad_key"]] as const),
]

function peerFields(changes: Record<string, Value> = {}): Value {
  return {
    org: alder.id,
    gatewayKeys: [alder.gateway.verifying.publicKey],
    pins: ["ab".repeat(32)],
    endpoint: "https://alder.example:4430",
    isFrozen: false,
    carrier: "https",
    ...changes,
  }
}

function runPeers(input: Uint8Array): Outcome {
  return decided(() => {
    const list = decodePeers(input)
    const peers = new Peers()
    peers.replace(list)
    hold(peers.count <= list.length, "nobody is listed who was not given")
    hold(
      list.every((it) => it.endpoint.startsWith("https://")),
      "an endpoint is an origin",
    )
    return accepted(`${Math.min(list.length, 3)}`)
  }, peerCodes)
}

export async function openPeersTarget(): Promise<Target> {
  return {
    name: "peer-list",
    bytesMax: 400_000,
    grammar: "cbor",
    words: [
      "org",
      "gatewayKeys",
      "pins",
      "endpoint",
      "isFrozen",
      "carrier",
      "file",
      "https://a",
      "https://[::1]:1",
    ],
    seeds: [
      encode([]),
      encode([peerFields()]),
      encode([
        peerFields({ gatewayKeys: [] }),
        peerFields({ org: birch.id, isFrozen: true, pins: [] }),
      ]),
    ],
    run: runPeers,
    grown: (count) =>
      encode(Array.from({ length: count }, () => peerFields({ gatewayKeys: [], pins: [] }))),
  }
}

const deskCodes: Declared = [[ExchangeError, ["malformed_request"]]]
const place = { thread: threadNamed("thread"), precedence: "FLASH" } as const

/** The three documents that the desk posts, told apart by the field that only one of them has. */
function runDesk(input: Uint8Array): Outcome {
  let body: unknown
  try {
    body = JSON.parse(decoder.decode(input))
  } catch {
    return { isAccepted: false, feature: "no json" }
  }
  const has = (name: string) =>
    typeof body === "object" && body !== null && Object.hasOwn(body, name)
  return decided(() => {
    if (has("invite")) {
      const { officer, method } = readIntroduction(body)
      hold(officer.length > 0 && method.length > 0, "an introduction names who compared, and how")
      return accepted("introduction")
    }
    if (has("addressees")) {
      const { precedence, officer } = readRelease(body)
      hold(officer.length > 0 && precedence in precedences.entries, "a release has a precedence")
      return accepted("release")
    }
    const { act, officer } = readAct(body, place)
    hold(officer.length > 0, "an act has an officer")
    return accepted(`act ${kindRule(act) !== undefined}`)
  }, deskCodes)
}

export async function openDesk(): Promise<Target> {
  const officer = "duty officer"
  const documents: unknown[] = [
    { invite: canary, fingerprint: "12345", officer, method: "telephone" },
    { kind: "receipt", content: { step: "read" }, answers: [messageNamed("one")], officer },
    ...contents.slice(0, 12).map(({ kind, content }) =>
      kind === "warning"
        ? {
            addressees: [{ org: birch.id, asks: ["read-back"], releasableTo: [alder.id] }],
            precedence: "FLASH",
            status: "actual",
            content,
            officer,
          }
        : { kind, content, officer },
    ),
  ]
  return {
    name: "desk",
    bytesMax: 1_048_576,
    grammar: "json",
    words: ["kind", "content", "officer", "answers", "addressees", "invite", "FLASH", canary],
    seeds: documents.map((it) => encoder.encode(JSON.stringify(it))),
    run: runDesk,
    grown: (count) => {
      const content = Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, at]))
      return encoder.encode(JSON.stringify({ kind: "action", content, officer }))
    },
  }
}

const openerCodes: Declared = [...gateCodes, [ExchangeError, ["malformed_request"]]]

/** What an opener that a peer has taken over may say to the exchange. */
function runOpenerAnswer(input: Uint8Array): Outcome {
  return decided(() => {
    const message = readFromOpener(input)
    const again = fromOpenerBytes(message).subarray(4)
    if (message.kind === "opened") {
      const { digest, sender, statement } = message.content
      hold(digest.length === 32 && sender.length === 16, "an opened envelope has names")
      hold(Object.getPrototypeOf(statement) === null, "a statement is plain")
    }
    // Fields that nobody asked for are dropped, so that only what is known comes back.
    hold(again.length <= input.length, "an answer of the opener holds no more than it said")
    return accepted(message.kind)
  }, openerCodes)
}

export async function openOpenerAnswer(): Promise<Target> {
  const part = partWith()
  const content = {
    messageId: messageNamed("opened"),
    kind: "warning",
    statement: exampleStatement("warning"),
    privatePart: part,
    signedObject: bytesNamed("signed", 300),
    privatePartBytes: encode(part),
    openingBytes: bytesNamed("opening", 300),
    sender: alder.org,
    precedence: 1,
    digest: bytesNamed("digest", 32),
    epoch: 1,
    lane: 1,
    number: 7,
  } as const
  const messages = [
    { kind: "ready" },
    { kind: "key-asked", prekeyId: birch.kem.public.id },
    { kind: "refused", ticket: 3, code: "cannot_open" },
    { kind: "opened", ticket: 4, content },
  ] as const
  return {
    name: "opener-answer",
    bytesMax: 300_000,
    grammar: "cbor",
    words: ["kind", "ticket", "content", "opened", "refused", "code", canary],
    seeds: messages.map((it) => new Uint8Array(fromOpenerBytes(it).subarray(4))),
    run: runOpenerAnswer,
  }
}
