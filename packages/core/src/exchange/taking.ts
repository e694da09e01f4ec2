/**
 * Taking in what arrives: once for ever, or refused under a code and never silently.
 *
 * The code stays at home; the peer hears `cannot_open`, whatever it was (I9), so that a refusal
 * teaches a prober nothing. Refusals to one peer are bounded, or two broken nodes would refuse each
 * other's refusals without end.
 */

import type { Digest, OrgId } from "../ids.ts"
import { withRefusalSaid, withTaken, withTold } from "../link/link.ts"
import type { Receipt } from "../messages/handling.ts"
import { kindRule } from "../messages/kinds.ts"
import { readMessage, threadOf, type Message } from "../messages/statement.ts"
import { threadIdOf } from "../thread/identity.ts"
import {
  emptyThread,
  entryRefusal,
  isFullFor,
  nonceOf,
  withCustody,
  withMessage,
  withRefusal,
  type Thread,
} from "../thread/thread.ts"
import { precedences } from "../vocabulary/precedence.ts"
import type { Arrived, ExchangeAnswer, Unopenable } from "./inputs.ts"
import { say } from "./saying.ts"
import { changeLink, changeThread, credible, putThread, type Desk, type Turn } from "./turn.ts"

type Arrival = Arrived | Unopenable

/** Refusals said to one peer in one hour at most; more are recorded at home only. */
const refusalsMax = 60
const refusalsWindowMs = 3_600_000

function writeArrival(desk: Desk, turn: Turn, arrival: Arrival, code: string | null): void {
  const envelope = arrival.kind === "arrived" ? arrival.opened : arrival
  const { digest, sender } = envelope
  turn.writes.push({
    kind: "arrival",
    digest,
    sender,
    code,
    unit: arrival.unit,
    atMs: desk.clock.nowMs(),
  })
  turn.outputs.push({ kind: "taken", digest })
}

async function sayRefused(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  refused: { envelope: Digest; code: string },
): Promise<void> {
  const nowMs = desk.clock.nowMs()
  const { link } = await desk.memory.link(peer, nowMs)
  const after = withRefusalSaid(link, refusalsWindowMs, nowMs)
  if (after.refused.count > refusalsMax) return
  await changeLink(desk, turn, peer, () => after)
  await say(desk, turn, {
    kind: "receipt",
    content: { step: "refused", ...refused },
    answers: [],
    precedence: "ROUTINE",
    status: "actual",
    to: [{ org: peer, thread: null }],
  })
}

/** Refuses an envelope that could not be opened, or whose content may not come in. */
export async function refuse(
  desk: Desk,
  turn: Turn,
  arrival: Arrival,
  code: string,
): Promise<ExchangeAnswer> {
  const { digest, sender } = arrival.kind === "arrived" ? arrival.opened : arrival
  const { custody, receipt } = arrival
  writeArrival(desk, turn, arrival, code)
  turn.writes.push({ kind: "custody", thread: null, custody, receipt })
  await sayRefused(desk, turn, sender, { envelope: digest, code: "cannot_open" })
  return { kind: "refused", code }
}

/**
 * Whose thread it is that this side has not heard of yet. The nonce tells: the id is made of it and
 * of who opened the thread. Without one it is taken for the author's, unless what is said is the
 * other end's to say.
 */
function originatorOf(desk: Desk, { statement, part }: Message): OrgId | undefined {
  const { author, status, kind } = statement
  const { thread, nonce } = part.subject ?? {}
  if (nonce !== undefined) {
    const isOf = (originator: OrgId, addressee: OrgId) =>
      threadIdOf(desk.hashing, { originator, addressee, status, nonce }) === thread
    if (isOf(author, desk.own)) return author
    return kind !== "warning" && isOf(desk.own, author) ? desk.own : undefined
  }
  if (kind === "warning") return undefined
  const by = kindRule(kind)?.by ?? []
  return by.length === 1 && by[0] === "addressee" ? desk.own : author
}

/** The thread that a message says it belongs to, made where this side has not heard of it yet. */
async function threadFor(
  desk: Desk,
  message: Message,
): Promise<Thread | "wrong_thread" | undefined> {
  const subject = message.part.subject
  if (subject === null) return undefined
  const { author, status, kind } = message.statement
  const held = (await desk.memory.thread(subject.thread))?.thread
  if (held !== undefined && kind !== "warning") {
    const { nonce = nonceOf(held) } = subject
    const isThis = nonce === undefined || threadIdOf(desk.hashing, { ...held, nonce }) === held.id
    return isThis ? held : "wrong_thread"
  }
  const originator = originatorOf(desk, message)
  if (originator === undefined) return "wrong_thread"
  // Not here yet, or not any more: its warning is on its way, or will be returned.
  const addressee = originator === author ? desk.own : author
  return held ?? emptyThread({ id: subject.thread, originator, addressee, status })
}

function writeMessage(desk: Desk, turn: Turn, arrival: Arrived, message: Message): void {
  const { opened, custody, receipt } = arrival
  const thread = threadOf(message) ?? null
  turn.writes.push(
    {
      kind: "message",
      thread,
      peer: opened.sender,
      direction: "in",
      message,
      signed: opened.signedBytes,
      part: opened.partBytes,
      learnedAtMs: desk.clock.nowMs(),
    },
    { kind: "custody", thread, custody, receipt },
  )
  writeArrival(desk, turn, arrival, null)
}

/** Answers at once what machines owe: unsealed, or that this version does not know the kind. */
async function answer(desk: Desk, turn: Turn, message: Message): Promise<void> {
  const { kind, author, precedence, status } = message.statement
  const rule = kindRule(kind)
  if (rule === undefined) {
    await sayRefused(desk, turn, author, { envelope: message.digest, code: "unknown_kind" })
    return
  }
  const id = threadOf(message)
  if (!rule.owesReading || id === undefined) return
  const held = await desk.memory.thread(id)
  await say(desk, turn, {
    kind: "receipt",
    content: { step: "unsealed", of: message.id },
    answers: [message.id],
    precedence,
    status,
    to: [{ org: author, thread: held?.thread ?? null }],
  })
}

/** A peer's word that it refused an envelope of ours becomes a fact of that envelope's thread. */
async function noteRefusal(desk: Desk, turn: Turn, message: Message): Promise<void> {
  const receipt = message.statement.content as unknown as Receipt
  if (message.statement.kind !== "receipt" || receipt.step !== "refused") return
  const { author: by, atMs } = message.statement
  const thread = await desk.journal.threadOf(receipt.envelope, by)
  if (thread === undefined || thread === null) return
  const { envelope: digest, code } = receipt
  const refusal = { digest, by, code, atMs: credible(desk, atMs) }
  const held = await desk.memory.thread(thread)
  const refused = held?.thread.messages.find((it) => it.digest === receipt.envelope)
  // Only an envelope of ours: nobody takes back their own by saying that they refused it.
  if (refused?.statement.author !== desk.own) return
  await changeThread(desk, turn, thread, (it) => withRefusal(it, refusal))
  turn.writes.push({ kind: "refusal", thread, refusal })
}

/** Takes in an opened envelope; the caller has seen to it that it is new. */
export async function take(desk: Desk, turn: Turn, arrival: Arrived): Promise<ExchangeAnswer> {
  const { opened } = arrival
  const read = readMessage(opened.statement, opened.part, opened)
  if (read.kind === "refused") return refuse(desk, turn, arrival, read.code)
  const { statement, part } = read
  // The header's precedence and the slot's lane are the gateway's word; the statement's is signed.
  if (precedences.entries[statement.precedence].lane !== opened.place.lane) {
    return refuse(desk, turn, arrival, "precedence_mismatch")
  }
  const message: Message = { id: opened.id, digest: opened.digest, statement, part }
  const thread = await threadFor(desk, message)
  if (thread === "wrong_thread") return refuse(desk, turn, arrival, thread)
  const isFull = thread !== undefined && isFullFor(thread, statement.author)
  const code = isFull ? "thread_full" : thread && entryRefusal(thread, message)
  if (code !== undefined) return refuse(desk, turn, arrival, code)

  writeMessage(desk, turn, arrival, message)
  await changeLink(desk, turn, opened.sender, (link) =>
    withTold(withTaken(link, opened.place, desk.clock.nowMs()), part.epoch, part.held),
  )
  if (thread === undefined) await noteRefusal(desk, turn, message)
  else {
    const before = await desk.memory.thread(thread.id)
    putThread(desk, turn, before, withCustody(withMessage(thread, message), arrival.custody))
  }
  await answer(desk, turn, message)
  return { kind: "taken" }
}
