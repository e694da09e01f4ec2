/**
 * A peer's restore, and what peers give back after one of our own.
 *
 * Nothing is believed because a peer says so: a restore is the offline root's word, and every
 * message that is given back carries its author's signature, which is checked before the message is
 * put where it stood. What does not hold costs only itself, and is recorded.
 */

import type { Digest, OrgId, ThreadId } from "../ids.ts"
import { withTaken } from "../link/link.ts"
import {
  isAsked,
  isFruitless,
  withClaimed,
  withFruitless,
  withPage,
  withPeerRestore,
} from "../link/restore.ts"
import { kindRule } from "../messages/kinds.ts"
import type { Restored, Returned, ReturnedItem } from "../messages/restoring.ts"
import { readMessage, threadOf, type Custody, type Message } from "../messages/statement.ts"
import {
  entryRefusal,
  isFullFor,
  withMessage,
  withReturnedCustody,
  type Thread,
} from "../thread/thread.ts"
import { precedences } from "../vocabulary/precedence.ts"
import { answer, hasUnsealed, noteRefusal } from "./answering.ts"
import { giveBackLate, returnsDue } from "./giving-back.ts"
import type { VerifiedReturn } from "./ports.ts"
import { threadFor } from "./subject-thread.ts"
import { changeLink, credible, putThread, type Desk, type Turn } from "./turn.ts"

/** Why a message about the past may not come in. */
export async function pastRefusal(desk: Desk, message: Message): Promise<string | undefined> {
  const { kind, author, content } = message.statement
  if (kind !== "restored" && kind !== "returned") return undefined
  const nowMs = desk.clock.nowMs()
  const { link } = await desk.memory.link(author, nowMs)
  if (kind === "returned") {
    // Both before anything of it is checked: what nobody asked for is to cost no more than itself.
    if (!isAsked(link, content as unknown as Returned, message.part.epoch)) return "unasked_return"
    return isFruitless(link, nowMs) ? "fruitless_return" : undefined
  }
  const { statement } = content as unknown as Restored
  const restore = desk.past.restoreOf(author, Uint8Array.fromBase64(statement))
  if (restore.kind === "refused") return restore.code
  if (restore.epoch !== message.part.epoch) return "epoch_mismatch"
  return restore.epoch > (link.peerRestore?.epoch ?? 0) ? undefined : "stale_restore"
}

/** Begins to give back to a peer whose restore has been found in order. */
export async function takeRestored(desk: Desk, turn: Turn, message: Message): Promise<void> {
  if (message.statement.kind !== "restored") return
  const { author, content } = message.statement
  const { given } = content as unknown as Restored
  const { epoch, held } = message.part
  await changeLink(desk, turn, author, (link) =>
    withPeerRestore(link, { epoch, given, held }, desk.clock.nowMs()),
  )
  const { link } = await desk.memory.link(author, desk.clock.nowMs())
  const due = returnsDue(author, link.peerRestore)
  if (due !== null) turn.outputs.push({ kind: "give-back", due })
}

/** A returned message that has been read, in its place. */
interface Read {
  readonly message: Message
  readonly verified: VerifiedReturn
  readonly item: ReturnedItem
}

type ReadItem = Read | { readonly code: string }

const bytesIn = ({ signed, part, opening, custody }: ReturnedItem) => ({
  signed: Uint8Array.fromBase64(signed),
  part: Uint8Array.fromBase64(part),
  opening: Uint8Array.fromBase64(opening),
  custody: custody === null ? null : Uint8Array.fromBase64(custody),
})

function readItem(desk: Desk, peer: OrgId, item: ReturnedItem): ReadItem {
  const verified = desk.past.returnedOf(peer, { digest: item.digest, ...bytesIn(item) })
  if (verified.kind === "refused") return verified
  const { id, author: sender, messageKind: kind, statement: said } = verified
  const { precedence } = (said ?? {}) as { readonly precedence?: unknown }
  const claimed = { kind, sender, precedence: String(precedence) }
  const read = readMessage(said, verified.part, claimed)
  if (read.kind === "refused") return read
  const { statement, part } = read
  return { verified, item, message: { id, digest: item.digest, statement, part } }
}

/** Takes in what a peer gives back. */
export async function takeReturned(desk: Desk, turn: Turn, carrier: Message): Promise<void> {
  if (carrier.statement.kind !== "returned") return
  const { author: peer, content } = carrier.statement
  const { epoch, page, isLast, items, passed } = content as unknown as Returned
  const nowMs = desk.clock.nowMs()
  const { link: before } = await desk.memory.link(peer, nowMs)
  // An answer to an earlier restore of this node: the newest is answered whole.
  const isOutdated = page !== null && epoch < before.epoch
  const inVain = isOutdated ? 0 : await takeItems(desk, turn, peer, items)
  await changeLink(desk, turn, peer, (link) => {
    const told = passed.reduce(
      (sum, it) => withTaken(sum, { ...it, lane: laneOf(it.lane) }, nowMs),
      link,
    )
    const after = inVain > 0 ? withFruitless(told, inVain, nowMs) : told
    const { epoch: peerEpoch } = carrier.part
    return page === null ? after : withPage(after, { epoch, number: page, isLast, peerEpoch })
  })
}

/** Takes in what is new; gives how many were checked and brought nothing. */
async function takeItems(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  items: readonly ReturnedItem[],
): Promise<number> {
  let inVain = 0
  const seen = new Set<Digest>()
  for (const item of items) {
    // Nobody honest names one twice: the second is not even looked at.
    const isTwice = seen.has(item.digest)
    seen.add(item.digest)
    if (!isTwice && (await isSettled(desk, peer, item))) continue
    if (isTwice || !(await hasBrought(desk, turn, peer, item))) inVain += 1
  }
  return inVain
}

/** Checks one item and takes it in; whether it held and was news. */
async function hasBrought(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  item: ReturnedItem,
): Promise<boolean> {
  const { length: before } = turn.outputs
  const read = readItem(desk, peer, item)
  const code = "code" in read ? read.code : await takeItem(desk, turn, peer, read)
  if (code !== undefined) refuseItem(desk, turn, item, code)
  // One about the link was not here, or it would be settled, however little it changes: a peer that
  // refused much has said so as often. Any other that is of account shows its thread anew.
  const isOfLink = "message" in read && threadOf(read.message) === undefined
  return code === undefined && (isOfLink || turn.outputs.length > before)
}

/** Whether nothing that this item could say is news: it need not even be checked. */
async function isSettled(
  desk: Desk,
  peer: OrgId,
  { digest, custody }: ReturnedItem,
): Promise<boolean> {
  const id = await desk.journal.threadOf(digest, peer)
  if (id === undefined) return false
  if (id === null) return true
  const thread = (await desk.memory.thread(id))?.thread
  if (thread?.messages.every((it) => it.digest !== digest) !== false) return false
  const known = thread.custody.find((it) => it.digest === digest)
  return custody === null || known?.isReturned === true
}

const laneOf = (lane: number) => (lane === 0 || lane === 1 || lane === 2 ? lane : 3)

/** It costs itself alone: the rest of its page is taken in. */
function refuseItem(desk: Desk, turn: Turn, { digest }: ReturnedItem, code: string): void {
  const refusal = { digest, by: desk.own, code, atMs: desk.clock.nowMs() }
  turn.writes.push({ kind: "refusal", thread: null, refusal })
}

async function takeItem(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  read: Read,
): Promise<string | undefined> {
  const { message, item } = read
  const { link } = await desk.memory.link(peer, desk.clock.nowMs())
  const isOwn = message.statement.author === desk.own
  // Of the present epoch this node has lost nothing that it said.
  if (isOwn && message.part.epoch >= link.epoch) return "not_lost"
  const thread = await threadFor(desk, message, peer)
  if (thread === "wrong_thread") return thread
  const code =
    thread === undefined ? await takeAboutLink(desk, turn, message) : entryCode(thread, message)
  if (code !== undefined) return code
  writeRead(desk, turn, peer, read)
  if (!isOwn) {
    const { lane } = precedences.entries[message.statement.precedence]
    const place = { epoch: message.part.epoch, lane, number: item.number }
    await changeLink(desk, turn, peer, (it) => withTaken(it, place, it.heardAtMs))
  }
  if (thread !== undefined) await put(desk, turn, thread, read)
  // The peer may have been restored too, and have lost what it has just given back.
  const isNew = thread?.messages.every((it) => it.id !== message.id) === true
  if (isNew) await giveBackLate(desk, turn, peer, lateOf(desk, read))
  return undefined
}

function lateOf(desk: Desk, { message, item }: Read): Parameters<typeof giveBackLate>[3] {
  const { id, digest, part, statement } = message
  const { kind, author, precedence } = statement
  const { lane } = precedences.entries[precedence]
  const place = { epoch: part.epoch, lane, number: item.number }
  const late = { id, digest, kind, place, thread: threadOf(message) ?? null, ...bytesIn(item) }
  return { direction: author === desk.own ? "out" : "in", late }
}

function entryCode(thread: Thread, message: Message): string | undefined {
  const held = thread.messages.find((it) => it.id === message.id)
  // Whatever receipt comes with it, it is one for another envelope.
  if (held !== undefined && held.digest !== message.digest) return "digest_mismatch"
  if (held === undefined && isFullFor(thread, message.statement.author)) return "thread_full"
  return entryRefusal(thread, message)
}

/** The peer's refusals and its own restores: what of the link is of account for longer. */
async function takeAboutLink(
  desk: Desk,
  turn: Turn,
  message: Message,
): Promise<string | undefined> {
  if (message.statement.author === desk.own) return "wrong_thread"
  const code = await pastRefusal(desk, message)
  if (code !== undefined) return code === "stale_restore" ? undefined : code
  await noteRefusal(desk, turn, message)
  await takeRestored(desk, turn, message)
  return undefined
}

function writeRead(desk: Desk, turn: Turn, peer: OrgId, { message, item, verified }: Read): void {
  const { signed, part, opening, custody } = bytesIn(item)
  const thread: ThreadId | null = threadOf(message) ?? null
  const isOwn = message.statement.author === desk.own
  const direction = isOwn ? "out" : "in"
  const learnedAtMs = desk.clock.nowMs()
  const place = { slotNumber: item.number, learnedAtMs }
  turn.writes.push({
    kind: "message",
    thread,
    peer,
    direction,
    message,
    signed,
    part,
    opening,
    ...place,
  })
  if (verified.custody === null || custody === null) return
  const counted = countedCustody(desk, verified.custody)
  turn.writes.push({
    kind: "custody",
    thread,
    custody: counted,
    receipt: custody,
  })
}

/** Our own gateway's receipt counts as it is signed, a peer's never far ahead of our clock. */
function countedCustody(
  desk: Desk,
  { digest, by, atMs }: NonNullable<VerifiedReturn["custody"]>,
): Custody {
  const counted = by === desk.own ? atMs : credible(desk, atMs)
  return { digest, by, atMs: counted, isReturned: true }
}

async function put(desk: Desk, turn: Turn, thread: Thread, read: Read): Promise<void> {
  const { message, verified, item } = read
  const before = await desk.memory.thread(thread.id)
  const isNew = thread.messages.every((it) => it.id !== message.id)
  const held = withMessage(thread, message)
  const { custody } = verified
  const after = custody === null ? held : withReturnedCustody(held, countedCustody(desk, custody))
  if (after !== before?.thread) putThread(desk, turn, before, after)
  if (!isNew || message.statement.author === desk.own) return
  if (!item.isUnsealed || !(await isClaimed(desk, turn, after, message))) {
    await answer(desk, turn, message)
  }
}

/** Whether the answer that the peer says it has is here, or noted as one that is to come. */
async function isClaimed(
  desk: Desk,
  turn: Turn,
  thread: Thread,
  { id, statement: { author, kind } }: Message,
): Promise<boolean> {
  if (kindRule(kind)?.owesReading !== true || hasUnsealed(thread, id)) return true
  let isNoted = false
  await changeLink(desk, turn, author, (link) => {
    const after = withClaimed(link, { thread: thread.id, message: id })
    isNoted = after !== link
    return after
  })
  return isNoted
}
