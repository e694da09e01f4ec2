/**
 * What goes over the inner line and to a courier, both ways: requests as a gateway reads them,
 * answers as an exchange and a courier do, who count a gateway as taken over.
 */

import { CliError } from "@tearline/cli"
import { inviteIn, readBrought, readOpened, readTaken as readTakenPage } from "@tearline/cli/border"
import type { CarriedPlace } from "@tearline/core"
import { encode, signCustody, signRefusal, type Value } from "@tearline/crypto"
import { ExchangeError, readAnswers, readCarried, StorageTrouble } from "@tearline/exchange/border"
import {
  GatewayError,
  readClosed,
  readPage,
  readSettled,
  readTaken,
} from "@tearline/gateway/border"

import { accepted, canary, decided, type Declared } from "../refusal.ts"
import { hold, type Outcome, sameBytes, type Target } from "../target.ts"
import { gateCodes } from "./crypto-codes.ts"
import { alder, birch, bytesNamed } from "./organisations.ts"
import { identityBytes, operationsBytes } from "./signed-statements.ts"

const text = new TextEncoder()
const digest = bytesNamed("digest", 32)
const gatewayCodes: Declared = [...gateCodes, [GatewayError, ["malformed"]]]
const exchangeCodes: Declared = [...gateCodes, [ExchangeError, ["malformed_request"]]]
const commandCodes: Declared = [[CliError, ["refused"]]]

interface Reading {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  readonly declared: Declared
  /** What was read, written again as it came, and a feature. */
  readonly read: (bytes: Uint8Array) => readonly [again: Value, feature: string]
  readonly bytesMax?: number
  readonly grown?: (count: number) => Uint8Array
}

/** A request in CBOR, of which nothing may be dropped or read as something else. */
function requestTarget({ declared, read, bytesMax = 1_048_600, ...it }: Reading): Target {
  return {
    bytesMax,
    grammar: "cbor",
    words: [alder.id, digest.toHex(), "unit", "custody", "refusal", canary],
    run: (input) =>
      decided(() => {
        const [again, feature] = read(input)
        hold(sameBytes(encode(again), input), "a request taken is written again byte for byte")
        return accepted(feature)
      }, declared),
    ...it,
  }
}

const sizeOf = (list: readonly unknown[]) => `${Math.min(list.length, 3)}`

export async function openTaken(): Promise<Target> {
  return requestTarget({
    name: "taken",
    declared: gatewayCodes,
    seeds: [encode([]), encode([digest.toHex()]), encode([digest.toHex(), "ab".repeat(32)])],
    read(bytes) {
      const digests = readTaken(bytes)
      return [[...digests], sizeOf(digests)]
    },
    grown: (count) => encode(Array.from({ length: count }, () => digest.toHex())),
  })
}

export async function openSettled(): Promise<Target> {
  const one = [birch.id, digest.toHex()]
  return requestTarget({
    name: "settled",
    declared: gatewayCodes,
    seeds: [encode([]), encode([one]), encode([one, [alder.id, "ab".repeat(32)]])],
    read(bytes) {
      const units = readSettled(bytes)
      return [units.map((it) => [it.peer, it.digest]), sizeOf(units)]
    },
    grown: (count) => encode(Array.from({ length: count }, () => one)),
  })
}

const atMs = 1_900_000_000_000
const place: Value = [0, atMs, digest.toHex(), birch.id, "unit"]
const placeAgain = (it: CarriedPlace | null): Value =>
  it && [it.lane, it.atMs, it.digest, it.peer, it.kind]

export async function openCourierPage(): Promise<Target> {
  return requestTarget({
    name: "courier-page",
    declared: gatewayCodes,
    bytesMax: 1_100,
    seeds: [
      encode([null, null]),
      encode([birch.id, place]),
      encode([null, [3, 0, digest.toHex(), alder.id, "refusal"]]),
    ],
    read(bytes) {
      const { to, after } = readPage(bytes)
      return [[to, placeAgain(after)], `${to !== null} ${after?.kind ?? "begin"}`]
    },
  })
}

export async function openCourierClosed(): Promise<Target> {
  return requestTarget({
    name: "courier-closed",
    declared: gatewayCodes,
    seeds: [encode([atMs, []]), encode([0, [alder.id, birch.id]])],
    read(bytes) {
      const { openedMs, from } = readClosed(bytes)
      return [[openedMs, [...from]], sizeOf(from)]
    },
    grown: (count) => encode([atMs, Array.from({ length: count }, () => alder.id)]),
  })
}

const about = { digest, sender: alder.org, recipient: birch.org, atMs }
const custody = signCustody(birch.gateway, { ...about, unitHash: bytesNamed("unit", 32) })
const refusal = signRefusal(birch.gateway, { ...about, code: "cannot_open" })

const answer = (isCustody: boolean, bytes: Uint8Array): Value => [
  birch.id,
  digest.toHex(),
  isCustody,
  bytes,
]

/** A page of what came back by file, as an exchange takes it from its gateway. */
export async function openAnswers(): Promise<Target> {
  const parts = { own: alder.id, gatewayKeyOf: () => birch.gateway.verifying }
  const ways = new Set<string>()
  return requestTarget({
    name: "answers",
    declared: exchangeCodes,
    bytesMax: 4_300_000,
    seeds: [
      encode([]),
      encode([answer(true, custody), answer(false, refusal)]),
      encode([answer(false, custody)]),
    ],
    read(bytes) {
      const list = readAnswers(bytes)
      ways.clear()
      for (const it of list.slice(0, 16)) {
        const departed = readCarried(parts, it)
        const by = departed.kind === "custody" ? departed.custody : undefined
        const isAboutThis = by === undefined || (by.digest === it.digest && by.by === it.peer)
        hold(isAboutThis, "custody is of the addressee, for the envelope that is asked about")
        ways.add(departed.kind === "failed" ? departed.code : departed.kind)
      }
      const again = list.map((it): Value => [
        it.peer,
        it.digest,
        it.answer.kind === "custody",
        it.answer.bytes,
      ])
      return [again, [...ways].toSorted().join(" ")]
    },
  })
}

const json = (value: unknown) => text.encode(JSON.stringify(value))

/** What a gateway says to a courier; which answer it is, the first byte says. */
export async function openCourierAnswer(): Promise<Target> {
  const file = bytesNamed("file", 60)
  return {
    name: "courier-answer",
    bytesMax: 1_048_600,
    grammar: "cbor",
    words: [digest.toHex(), canary, "unit"],
    seeds: [
      json({ openedMs: atMs }),
      json({ kind: "held", sender: file.toHex().slice(0, 32), isNew: true }),
      json({ kind: "settled", isNew: true }),
      json({ kind: "refused", code: canary, isSigned: true }),
      encode([[file, file], null]),
      encode([[file], place]),
    ],
    run(input): Outcome {
      const ways = [
        () => `opened ${readOpened(input) > 0}`,
        () => `brought ${readBrought(input).kind}`,
        () => {
          const { files, next } = readTakenPage(input, 1_048_600)
          hold(sameBytes(encode([[...files], placeAgain(next)]), input), "a page is read whole")
          return `page ${next !== null}`
        },
      ]
      const outcomes = ways.map((way) => decided(() => accepted(way()), commandCodes))
      return outcomes.find((it) => it.isAccepted) ?? { isAccepted: false, feature: "refused" }
    },
  }
}

/** What a gateway says of how it is. */
export async function openReadiness(): Promise<Target> {
  let body: Buffer = Buffer.alloc(0)
  const trouble = new StorageTrouble({ ask: async () => ({ status: 200, body }) })
  return {
    name: "readiness",
    bytesMax: 1_048_600,
    grammar: "json",
    words: ["trouble", "corrupt", canary],
    seeds: [{ trouble: "corrupt" }, { isReady: true }, { trouble: [canary] }].map((it) =>
      text.encode(JSON.stringify(it)),
    ),
    async run(input): Promise<Outcome> {
      body = Buffer.from(input)
      const alarms = await trouble.now(0)
      hold(alarms.length <= 1, "a gateway is in one trouble at a time")
      return { isAccepted: true, feature: `${alarms.length}` }
    },
  }
}

/** The file that people hand each other, as the command line reads it. */
export async function openInviteFile(): Promise<Target> {
  const statements = { identity: [...identityBytes], operations: operationsBytes }
  const invite = encode(statements).toBase64()
  return {
    name: "invite-file",
    bytesMax: 1_048_600,
    grammar: "json",
    words: ["invite", invite.slice(0, 40), canary],
    seeds: [{ invite }, { invite: canary }, { invite: `${invite.slice(0, 400)}AAAA` }].map((it) =>
      text.encode(JSON.stringify(it)),
    ),
    run: (input) =>
      decided(() => {
        let document: unknown
        try {
          document = JSON.parse(new TextDecoder().decode(input))
        } catch {
          return { isAccepted: false, feature: "no json" }
        }
        hold(inviteIn(document, "a file").org === alder.id, "an invite is of its root key")
        return accepted("invite")
      }, [[CliError, ["wrong_content"]]]),
  }
}
