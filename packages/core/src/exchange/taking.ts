/**
 * Taking in what arrives: once for ever, or refused under a code and never silently.
 *
 * The code stays at home; the peer hears `cannot_open`, whatever it was (I9), so that a refusal
 * teaches a prober nothing.
 */

import { withTaken, withTold, type Link } from "../link/link.ts"
import { isAhead, withRolledBack } from "../link/restore.ts"
import { readMessage, threadOf, type Message } from "../messages/statement.ts"
import { entryRefusal, isFullFor, withCustody, withMessage, type Thread } from "../thread/thread.ts"
import { precedences } from "../vocabulary/precedence.ts"
import { answer, noteRefusal, sayRefused } from "./answering.ts"
import { giveBackLate } from "./giving-back.ts"
import type { Arrived, ExchangeAnswer, Unopenable } from "./inputs.ts"
import type { Exchanged } from "./ports.ts"
import { pastRefusal, takeRestored, takeReturned } from "./returns.ts"
import { threadFor } from "./subject-thread.ts"
import { changeLink, putThread, type Desk, type Turn } from "./turn.ts"

type Arrival = Arrived | Unopenable

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
      opening: opened.openingBytes,
      slotNumber: opened.place.number,
      learnedAtMs: desk.clock.nowMs(),
    },
    { kind: "custody", thread, custody, receipt },
  )
  writeArrival(desk, turn, arrival, null)
}

/** The link after a message: what is held of the peer's lanes, and what it holds of ours. */
function linkAfter(desk: Desk, link: Link, opened: Arrived["opened"], part: Message["part"]): Link {
  const nowMs = desk.clock.nowMs()
  const after = withTold(withTaken(link, opened.place, nowMs), part.epoch, part.held)
  if (after.rolledBack !== undefined || !isAhead(after, part.held)) return after
  return withRolledBack(after, part.held, nowMs)
}

/** Why a message may not come in. */
async function refusalOf(
  desk: Desk,
  message: Message,
  thread: Thread | undefined,
): Promise<string | undefined> {
  const { author } = message.statement
  if (thread === undefined) return pastRefusal(desk, message)
  return isFullFor(thread, author) ? "thread_full" : entryRefusal(thread, message)
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
  const thread = await threadFor(desk, message, opened.sender)
  if (thread === "wrong_thread") return refuse(desk, turn, arrival, thread)
  const code = await refusalOf(desk, message, thread)
  if (code !== undefined) return refuse(desk, turn, arrival, code)

  writeMessage(desk, turn, arrival, message)
  await changeLink(desk, turn, opened.sender, (link) => linkAfter(desk, link, opened, part))
  if (thread !== undefined) {
    const before = await desk.memory.thread(thread.id)
    putThread(desk, turn, before, withCustody(withMessage(thread, message), arrival.custody))
  } else await takeOfLink(desk, turn, message)
  await answer(desk, turn, message)
  await giveBackLate(desk, turn, opened.sender, { direction: "in", ...lateOf(arrival, message) })
  return { kind: "taken" }
}

/** What is about the link: a refusal, a peer's restore, or what a peer gives back. */
async function takeOfLink(desk: Desk, turn: Turn, message: Message): Promise<void> {
  await noteRefusal(desk, turn, message)
  await takeRestored(desk, turn, message)
  await takeReturned(desk, turn, message)
}

function lateOf({ opened, receipt }: Arrived, message: Message): { late: Exchanged } {
  const { id, digest, signedBytes: signed, partBytes: part, openingBytes: opening } = opened
  const { statement } = message
  // The epoch of the part is signed; that of the slot is the gateway's word.
  const place = { ...opened.place, epoch: message.part.epoch }
  const thread = threadOf(message) ?? null
  const kind = statement.kind
  return { late: { id, digest, kind, place, thread, signed, part, opening, custody: receipt } }
}
