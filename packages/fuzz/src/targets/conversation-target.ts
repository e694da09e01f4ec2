/**
 * A conversation with a hostile peer: a list of validly signed messages of any content, in any
 * order and place, into the exchange's real machine and host loop, while Birch's officer acts in
 * between.
 *
 * What a peer says may be refused and may never be an assertion; and it may not make the node hold
 * or write more than in proportion to what was said.
 */

import {
  alarmsOf,
  alarmsOfThread,
  builtInPolicy,
  exchangeMachine,
  laneOf,
  policyHashOf,
  precedences,
  startHost,
  threadIdOf,
  viewThread,
  ActError,
  type Arrived,
  type ExchangeInput,
  type Hashing,
  type Lane,
  type Precedence,
  type Sealer,
  type ThreadId,
} from "@tearline/core"
import { decode, encode, type Value } from "@tearline/crypto"
import { hashing } from "@tearline/exchange/border"
import { Random } from "@tearline/sim"

import { accepted, canary, decided, decidedLater } from "../refusal.ts"
import { hold, type Outcome, type Target } from "../target.ts"
import { gateCodes } from "./crypto-codes.ts"
import { mapJournal } from "./map-journal.ts"
import { alder, birch, messageNamed } from "./organisations.ts"
import { past, restoreBytes, returnedOf } from "./past-target.ts"
import { contents, exampleStatement, type Fields, partWith, statementWith } from "./samples.ts"

const nowMs = 1_900_000_000_000
const stepsMax = 40
const policyHash = policyHashOf(hashing, builtInPolicy)
const nonce = "0f".repeat(16)
const warningThread = threadIdOf(hashing, {
  originator: alder.id,
  addressee: birch.id,
  status: "actual",
  nonce,
})

/** Seals nothing: what leaves is not what is asked here. */
function plainSealer(random: Random): Sealer {
  return {
    seal: async (statement, addressees) => ({
      id: idOf([statement, random.below(2 ** 31)], hashing),
      digest: idOf([random.below(2 ** 31), statement], hashing) as never,
      signed: new Uint8Array(1),
      units: addressees.map(({ org }) => ({
        org,
        unit: new Uint8Array(1),
        slotHash: "00",
        part: new Uint8Array(1),
        opening: new Uint8Array(1),
      })),
    }),
  }
}

function idOf(value: unknown, by: Hashing): ReturnType<typeof messageNamed> {
  return by.hash(by.encode(value)).toHex() as ReturnType<typeof messageNamed>
}

interface Node {
  readonly submit: (input: ExchangeInput) => Promise<string>
  readonly journal: ReturnType<typeof mapJournal>
}

function nodeOf(): Node {
  const journal = mapJournal()
  const random = new Random("conversation")
  const machine = exchangeMachine({
    own: birch.id,
    journal,
    sealer: plainSealer(random),
    past,
    hashing,
    clock: { nowMs: () => nowMs },
    chance: { bytes: (count) => random.bytes(count) },
    policy: builtInPolicy,
    perform: () => undefined,
  })
  const host = startHost(machine)
  async function submit(input: ExchangeInput): Promise<string> {
    try {
      const answer = await host.submit(input, laneOf(input))
      return answer.kind === "refused" ? answer.code : answer.kind
    } catch (error) {
      if (error instanceof ActError) return error.code
      throw error
    }
  }
  return { submit, journal }
}

const numberIn = (value: unknown, most: number) =>
  typeof value === "number" && value >= 0 && value <= most ? value : 0

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Fields)[name] : undefined

/** One step of the list: [statement, part, lane, epoch, number], as it opened. */
function arrivalOf(step: readonly Value[], at: number): Arrived {
  const [statement = null, part = null, lane, epoch, number] = step
  const said = encode([statement, at])
  const digest = hashing.hash(encode([part, said])).toHex() as Arrived["custody"]["digest"]
  const kind = fieldOf(statement, "kind")
  const precedence = fieldOf(statement, "precedence")
  const isCode = typeof precedence === "string" && Object.hasOwn(precedences.entries, precedence)
  return {
    kind: "arrived",
    unit: said,
    receipt: new Uint8Array(1),
    custody: { digest, by: birch.id, atMs: nowMs },
    opened: {
      digest,
      id: hashing.hash(said).toHex() as ReturnType<typeof messageNamed>,
      sender: alder.id,
      precedence: isCode ? (precedence as Precedence) : "ROUTINE",
      kind: typeof kind === "string" ? kind : "",
      statement,
      part,
      place: {
        lane: numberIn(lane, 3) as Lane,
        epoch: numberIn(epoch, Number.MAX_SAFE_INTEGER),
        number: Math.max(1, numberIn(number, Number.MAX_SAFE_INTEGER)),
      },
      signedBytes: said,
      partBytes: encode(part),
      openingBytes: new Uint8Array(1),
    },
  }
}

const acts = ["receipt", "acceptance", "read-back", "public-line-reply", "thanks"] as const
const contentOfAct: Readonly<Record<(typeof acts)[number], Fields>> = {
  receipt: { step: "read", role: "duty-officer" },
  acceptance: { verdict: "accepted", owner: "desk" },
  "read-back": { understood: { who: canary } },
  "public-line-reply": { verdict: "agree" },
  thanks: { level: "service", text: canary },
}

/** From this number on a number is an epoch: that which our own node has come back in. */
const restoredFrom = 1_000

/** A number in the list: the officer does something, time passes, or the node was restored. */
function ownStep(value: number, threads: readonly ThreadId[]): ExchangeInput {
  if (value >= restoredFrom) {
    const statement = new Uint8Array(1)
    return { kind: "reopened", epoch: value, statement, peers: [alder.id] }
  }
  const thread = threads[value % Math.max(1, threads.length)]
  const act = acts[value % acts.length] ?? "receipt"
  if (thread === undefined || value % 7 === 0) {
    return { kind: "ticked", links: [{ peer: alder.id, heartbeatMs: 1 }] }
  }
  return { kind: "acted", thread, act, content: contentOfAct[act], officer: "duty" }
}

function inputOf(step: Value, at: number, node: Node): ExchangeInput | undefined {
  if (Array.isArray(step)) return arrivalOf(step as readonly Value[], at)
  return typeof step === "number" && step >= 0
    ? ownStep(step, [...node.journal.threads.keys()])
    : undefined
}

/** Everything that is computed whenever somebody looks. */
function lookedAt({ journal }: Node): string {
  const threads = [...journal.threads.values()]
  const known = { own: birch.id, policy: builtInPolicy, policyHash }
  const terms = { own: birch.id, intervalMs: 3_600_000, policy: builtInPolicy }
  const links = [...journal.links.values()].map(({ link }) => ({ link, terms }))
  const ofThreads = threads.flatMap((it) => alarmsOfThread(it, known))
  const alarms = alarmsOf({ isClockSuspect: false, storage: [], threads: ofThreads, links }, nowMs)
  for (const thread of threads) {
    const backwards = { ...thread, messages: thread.messages.toReversed() }
    const [view, other] = [viewThread(thread, builtInPolicy), viewThread(backwards, builtInPolicy)]
    hold(same(view, other), "a thread's view does not depend on the order of arrival")
    hold(view.messages.length === thread.messages.length, "nothing that was taken is left out")
  }
  return `${Math.min(threads.length, 3)} ${Math.min(alarms.length, 4)}`
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

async function converse(steps: readonly Value[]): Promise<Outcome> {
  const node = nodeOf()
  const answers = new Set<string>()
  let given = 0
  for (const [at, step] of steps.slice(0, stepsMax).entries()) {
    const input = inputOf(step, at, node)
    if (input === undefined) continue
    answers.add(await node.submit(input))
    given += 1
  }
  hold(node.journal.written.rows <= 400 * (given + 1) ** 1.5, "what is written stays in proportion")
  const messages = [...node.journal.threads.values()].reduce(
    (sum, it) => sum + it.messages.length,
    0,
  )
  hold(messages <= 3 * given, "threads hold no more than was said and answered")
  const feature = [...answers].toSorted().join(" ")
  return { isAccepted: answers.has("taken"), feature: `${feature} | ${lookedAt(node)}` }
}

function stepsOf(input: Uint8Array): readonly Value[] | undefined {
  let steps: readonly Value[] | undefined
  decided(() => {
    const value = decode(input)
    if (Array.isArray(value)) steps = value as readonly Value[]
    return accepted()
  }, gateCodes)
  return steps
}

async function run(input: Uint8Array): Promise<Outcome> {
  const steps = stepsOf(input)
  if (steps === undefined) return { isAccepted: false, feature: "no steps" }
  return await decidedLater(() => converse(steps), [])
}

let number = 0

/** One arrival in Alder's thread with Birch. */
function arrival(kind: string, content: Fields, answers: readonly string[] = []): Value {
  number += 1
  const subject = kind === "heartbeat" ? null : { thread: warningThread, nonce }
  const statement = { ...statementWith(kind, content), answers }
  return [statement, partWith({ subject, number, held: [] }), 1, 1, number]
}

/** Alder was restored, as its offline root has signed. */
function restored(): Value {
  const content = { statement: restoreBytes(2).toBase64(), given: [] }
  const statement = { ...statementWith("restored", content), answers: [] }
  number += 1
  return [statement, partWith({ subject: null, epoch: 2, number, held: [] }), 1, 2, number]
}

/** A message of Alder's or Birch's as it is given back. */
function returnedItem(isOwn: boolean, at: number): Value {
  const part = encode(partWith({ subject: { thread: warningThread, nonce }, number: at }))
  const said = { ...exampleStatement("warning"), author: isOwn ? birch.id : alder.id }
  const { signed, opening, digest, custody } = returnedOf(said, part, isOwn)
  return {
    number: at,
    digest,
    signed: signed.toBase64(),
    part: part.toBase64(),
    opening: opening.toBase64(),
    custody: custody?.toBase64() ?? null,
    isUnsealed: true,
  }
}

/** A page of what Alder gives back: what it said before, and one of Birch's that Birch has lost. */
function returned(epoch: number, page: number): Value {
  const items = [returnedItem(false, page), returnedItem(true, page)]
  const content = { epoch, page, isLast: page === 2, items, passed: [] }
  number += 1
  const statement = { ...statementWith("returned", content), answers: [] }
  return [statement, partWith({ subject: null, number, held: [] }), 1, 1, number]
}

const example = (kind: string): Fields => contents.find((it) => it.kind === kind)?.content ?? {}

/** The id that the first arrival of a list will have, so that later ones can answer it. */
const idOfFirst = (step: Value) =>
  hashing.hash(encode([(step as readonly Value[])[0] ?? null, 0])).toHex()

export async function openConversation(): Promise<Target> {
  const warning = arrival("warning", example("warning"))
  const warned = idOfFirst(warning)
  const lists: Value[][] = [
    [warning, 1, 2, 3, 4],
    [warning, warning, 0, arrival("heartbeat", { held: [] })],
    [warning, 1, arrival("mend", { how: "dropped", ground: canary }, [warned])],
    [warning, 2, arrival("public-line", example("public-line"), [warned]), 3],
    [arrival("receipt", { step: "refused", envelope: messageNamed("e"), code: "cannot_open" })],
    [arrival("of-tomorrow", { said: canary }), warning],
    [warning, restored(), restored()],
    [1_000, warning, returned(1_000, 1), returned(1_000, 2)],
    ...contents.slice(1).map(({ kind, content }) => [warning, arrival(kind, content, [warned]), 1]),
  ]
  return {
    name: "conversation",
    bytesMax: 200_000,
    batch: 32,
    grammar: "cbor",
    words: [canary, warned, warningThread, "warning", "receipt", "FLASH", "ROUTINE", "test"],
    seeds: lists.map((it) => encode(it)),
    run,
  }
}
