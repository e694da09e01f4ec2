/** What one transaction of an exchange, or one answer of a gateway, may not be, seen as a whole. */

import type {
  CustodyWrite,
  Digest,
  ExchangeAnswer,
  ExchangeInput,
  ExchangeWrite,
  OrgId,
} from "@tearline/core"

import type { WireAnswer } from "../network/network.ts"
import type { Organisation } from "../node/organisation.ts"
import { kindNamed } from "../people/repertoire.ts"
import { custodyIn, outerHolds, readLine, readUnit } from "../suite/suite.ts"
import type { Utterance } from "./said-in.ts"
import type { Addressed } from "./signed.ts"

const second = 1_000
const hour = 3_600_000

type MessageWrite = Extract<ExchangeWrite, { readonly kind: "message" }>

const messagesIn = (writes: readonly ExchangeWrite[]): MessageWrite[] =>
  writes.filter((it) => it.kind === "message")

/** Envelopes that this transaction owes a refusal for, with who is to hear it (I9). */
export function refusalsOwed(
  writes: readonly ExchangeWrite[],
  hostile: OrgId,
): readonly { readonly digest: Digest; readonly peer: OrgId; readonly atMs: number }[] {
  const said = new Set(
    messagesIn(writes)
      .filter((it) => it.direction === "out" && it.message.statement.kind === "receipt")
      .map((it) => it.message.statement.content["envelope"]),
  )
  const refused = writes
    .filter((it) => it.kind === "arrival")
    .filter((it) => it.code !== null)
    .map((it) => ({ digest: it.digest, peer: it.sender, atMs: it.atMs }))
  const unknown = messagesIn(writes)
    .filter(({ peer, direction, message: { statement } }) => {
      const isKnown = kindNamed(statement.kind) !== undefined
      return direction === "in" && peer === hostile && !isKnown
    })
    .map((it) => ({ digest: it.message.digest, peer: it.peer, atMs: it.learnedAtMs }))
  return [...refused, ...unknown].filter((it) => !said.has(it.digest))
}

/** The times that a node writes into its rows, in the order in which it wrote them. */
export function timesIn(writes: readonly ExchangeWrite[]): number[] {
  return writes.flatMap((it) => {
    if (it.kind === "message") return [it.learnedAtMs]
    return it.kind === "arrival" || it.kind === "act" ? [it.atMs] : []
  })
}

/** A custody time counts as it was signed, and never further ahead than an hour (M-RCP-9). */
export function custodyFault(
  { custody, receipt }: CustodyWrite,
  own: Organisation,
): string | undefined {
  const nowMs = own.exchange?.clock.nowMs()
  const stated = custodyIn(receipt)
  if (nowMs === undefined) return undefined
  if (stated?.digest !== custody.digest) return "counts a receipt for another envelope"
  const isTheirs = custody.by !== own.org
  if (isTheirs && custody.atMs > nowMs + hour + second) return "counts a custody time of next year"
  const isClear = !isTheirs || stated.atMs < nowMs + hour - 10 * second
  return isClear && custody.atMs !== stated.atMs ? "counts custody at another time" : undefined
}

/** A signed refusal goes only to whoever signed the unit, and is on record (M-RCP-3). */
export function refusalFault(
  own: Organisation,
  unit: Uint8Array,
  answer: WireAnswer,
): string | undefined {
  if (answer.kind !== "refused") return undefined
  if (!outerHolds(unit)) return "signs a refusal for a stranger"
  const digest = readLine(answer.refusal)?.digest
  const isRecorded = own.gatewayDisk.refused.some((it) => it.digest === digest)
  return isRecorded ? undefined : "refuses and keeps no record"
}

/** What is addressed to this gateway and what is not: only the first is ever held. */
export function isMisdirected(own: Organisation, unit: Uint8Array): boolean {
  return readUnit(unit)?.addressee !== own.org
}

/** Each addressee's part says what was meant for it, and nothing that was meant for another (I6). */
export function audienceFault(
  input: Extract<ExchangeInput, { readonly kind: "released" }>,
  answer: Extract<ExchangeAnswer, { readonly kind: "said" }>,
  to: ReadonlyMap<OrgId, Addressed>,
): string | undefined {
  const reached = input.addressees.filter(({ org }) => answer.leftOut.every((it) => it.org !== org))
  const wrong = reached.find(({ org, asks = [], releasableTo = [] }) => {
    const part = to.get(org)?.part
    const isSame =
      String(part?.asks) === String(asks) && String(part?.releasableTo) === String(releasableTo)
    return !isSame || part?.subject?.thread !== answer.threads.find((it) => it.org === org)?.thread
  })
  if (to.size !== reached.length) return "is sealed to others than it is released to"
  return wrong && `tells ${wrong.org} what is another's, or not what is its own`
}

/** The author's numbers in one thread: from 1 in each epoch, each naming the one before it. */
export function numberFault(own: readonly Utterance[]): string | undefined {
  let before: Utterance | undefined
  const sorted = own.toSorted(
    (a, b) => a.part.epoch - b.part.epoch || a.part.number - b.part.number,
  )
  for (const it of sorted) {
    if (before?.part.epoch !== it.part.epoch) before = undefined
    const isNext = it.part.number === (before?.part.number ?? 0) + 1
    if (!isNext || it.part.previous !== (before?.id ?? null)) {
      return `number ${it.part.number} does not follow ${before?.part.number ?? 0}`
    }
    before = it
  }
  return undefined
}
