/** Statements of every kind, parts, and what is told of lanes: read as the core reads a peer's. */

import {
  gapsOf,
  type LaneHeld,
  newLink,
  type Part,
  readMessage,
  unheldBy,
  withSealed,
  withTold,
  nextLanePlace,
} from "@tearline/core"
import { decode, encode, type Value } from "@tearline/crypto"

import { accepted, canary, decided } from "../refusal.ts"
import { hold, type Outcome, sameBytes, type Target } from "../target.ts"
import { gateCodes } from "./crypto-codes.ts"
import { alder } from "./organisations.ts"
import { contents, exampleStatement, type Fields, partWith, statementWith } from "./samples.ts"

const fieldOf = (value: Value, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Fields)[name] : undefined

/** As an exchange that knows only what the envelope said, and finds it said again inside. */
function read(statement: Value, part: Value) {
  const kind = fieldOf(statement, "kind")
  const precedence = fieldOf(statement, "precedence")
  return readMessage(statement, part, {
    kind: typeof kind === "string" ? kind : "",
    sender: alder.id,
    precedence: typeof precedence === "string" ? precedence : "",
  })
}

const leftOut: readonly string[] = ["__proto__", "prototype", "constructor"]

/** The value without the three names that a reader may leave out: M-MSG-2. */
function shown(value: Value): Value {
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Uint8Array || value instanceof Map) return value
  const entries = Object.entries(value).filter(([key]) => !leftOut.includes(key))
  return Object.fromEntries(entries.map(([key, it]) => [key, shown(it)]))
}

const isKept = (taken: unknown, given: Value) =>
  sameBytes(encode(shown(taken as Value)), encode(shown(given)))

const linkPart = partWith({ subject: null })
const threadPart = partWith()

const isOfLink = (statement: Value) => fieldOf(statement, "kind") === "heartbeat"

function runStatement(input: Uint8Array): Outcome {
  return decided(() => {
    const value = decode(input)
    const message = read(value, isOfLink(value) ? linkPart : threadPart)
    if (message.kind === "refused") return { isAccepted: false, feature: message.code }
    hold(
      isKept(message.statement, value),
      "a statement taken is kept whole, with what is not known of it",
    )
    return accepted(contents.some((it) => it.kind === message.statement.kind) ? "known" : "unknown")
  }, gateCodes)
}

const wordsOf = (value: unknown): string[] =>
  typeof value !== "object" || value === null
    ? typeof value === "string" && value.length < 40
      ? [value]
      : []
    : Object.entries(value).flatMap(([key, it]) => [key, ...wordsOf(it)])

const vocabulary = [
  ...new Set([canary, ...wordsOf(statementWith("warning", {})), ...wordsOf(contents)]),
]

export async function openStatementTarget(): Promise<Target> {
  return {
    name: "statement",
    bytesMax: 1_048_576,
    grammar: "cbor",
    words: vocabulary,
    seeds: [
      ...contents.map(({ kind, content }) => encode(statementWith(kind, content))),
      encode(statementWith("of-tomorrow", { said: [canary] })),
      encode(statementWith("of-tomorrow", {})),
    ],
    run: runStatement,
    grown: (count) => {
      const content = Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`field-${at}`, canary]),
      )
      return encode(statementWith("of-tomorrow", content))
    },
  }
}

function runPart(input: Uint8Array): Outcome {
  return decided(() => {
    const value = decode(input)
    const isLink = fieldOf(value, "subject") === null
    const statement = exampleStatement(isLink ? "heartbeat" : "warning")
    const message = read({ ...statement, policy: fieldOf(value, "policy") as Value }, value)
    if (message.kind === "refused") return { isAccepted: false, feature: message.code }
    hold(isKept(message.part, value), "a part taken is kept whole, with what is not known of it")
    return accepted(isLink ? "link" : "thread")
  }, gateCodes)
}

export async function openPartTarget(): Promise<Target> {
  return {
    name: "part",
    bytesMax: 70_000,
    grammar: "cbor",
    words: [
      ...Object.keys(threadPart),
      "lane",
      "epoch",
      "upTo",
      "beyond",
      "thread",
      "nonce",
      canary,
    ],
    seeds: [threadPart, linkPart, partWith({ held: [] })].map((it) => encode(it)),
    run: runPart,
  }
}

/** A link on which some numbers of each lane have been given. */
function usedLink() {
  let link = newLink(alder.id, 0)
  for (let count = 0; count < 40; count += 1) {
    const lane = ([0, 1, 2, 3] as const)[count % 4] ?? 0
    link = withSealed(link, nextLanePlace(link, lane), "00", 0)
  }
  return link
}

const used = usedLink()

function isRow({ upTo, beyond }: LaneHeld): boolean {
  const isAfter = (from: number, at: number) => from > (beyond[at - 1]?.[1] ?? upTo) + 1
  return upTo <= 10 && beyond.every(([from, to], at) => isAfter(from, at) && from <= to && to <= 10)
}

/** What a peer tells of our lanes enters the link, where it may never claim what was not given. */
function runHeld(input: Uint8Array): Outcome {
  return decided(() => {
    const held = decode(input)
    const message = read(exampleStatement("heartbeat"), partWith({ subject: null, held }))
    if (message.kind === "refused") return { isAccepted: false, feature: message.code }
    const { epoch, held: rows } = message.part satisfies Part
    const told = withTold(withTold(used, epoch, rows), epoch, rows)
    hold(told.toldHeld?.rows.every(isRow) === true, "only numbers that were given count as held")
    hold(
      told.toldHeld?.rows.length === new Set(told.toldHeld?.rows.map((it) => it.lane)).size,
      "one row a lane",
    )
    const gaps = gapsOf(told).length + unheldBy(told).length
    return accepted(`${rows.length > 0} ${gaps > 0} ${gaps > 5}`)
  }, gateCodes)
}

const row = (changes: Partial<LaneHeld> = {}): Value => ({
  lane: 1,
  epoch: 1,
  upTo: 3,
  beyond: [
    [5, 5],
    [8, 9],
  ],
  ...changes,
})

export async function openHeldTarget(): Promise<Target> {
  return {
    name: "held",
    bytesMax: 300_000,
    grammar: "cbor",
    words: ["lane", "epoch", "upTo", "beyond"],
    seeds: [
      encode([]),
      encode([row()]),
      encode([row({ lane: 0 }), row({ lane: 3, epoch: 2, beyond: [] }), row({ upTo: 2 ** 40 })]),
    ],
    run: runHeld,
    grown: (count) =>
      encode(
        Array.from({ length: 64 }, () =>
          row({
            beyond: Array.from({ length: Math.min(count, 1_000) }, (_, at) => [
              2 + 2 * at,
              2 + 2 * at,
            ]),
          }),
        ),
      ),
  }
}
