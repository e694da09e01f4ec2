/**
 * What machines answer at once: that a message is unsealed, or that an envelope is refused.
 *
 * Refusals to one peer are bounded, or two broken nodes would refuse each other's refusals without
 * end. While the peer holds numbers that this database has lost, nothing is sealed to it at all.
 */

import type { Digest, MessageId, OrgId } from "../ids.ts"
import { withRefusalSaid, withRefusalUnsaid } from "../link/link.ts"
import { withoutClaims, withUnanswered, type ToAnswer } from "../link/restore.ts"
import type { Receipt } from "../messages/handling.ts"
import { kindRule } from "../messages/kinds.ts"
import { threadOf, type Message } from "../messages/statement.ts"
import { withRefusal, type Thread } from "../thread/thread.ts"
import { say } from "./saying.ts"
import { changeLink, changeThread, credible, isDamage, type Desk, type Turn } from "./turn.ts"

/** Refusals said to one peer in one hour at most; more are recorded at home only. */
const refusalsMax = 60
const refusalsWindowMs = 3_600_000

/** Tells the peer that its envelope was refused, unless it has heard that too often. */
export async function sayRefused(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  refused: { envelope: Digest; code: string },
): Promise<void> {
  const nowMs = desk.clock.nowMs()
  const { link } = await desk.memory.link(peer, nowMs)
  const after = withRefusalSaid(link, refusalsWindowMs, nowMs)
  if (after.refused.count > refusalsMax || link.rolledBack !== undefined) {
    await changeLink(desk, turn, peer, (it) => withRefusalUnsaid(it, nowMs))
    return
  }
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

/** Answers at once what machines owe: unsealed, or that this version does not know the kind. */
export async function answer(desk: Desk, turn: Turn, message: Message): Promise<void> {
  const { kind, author } = message.statement
  const rule = kindRule(kind)
  if (rule === undefined) {
    await sayRefused(desk, turn, author, { envelope: message.digest, code: "unknown_kind" })
    return
  }
  const id = threadOf(message)
  if (!rule.owesReading || id === undefined) return
  const { link } = await desk.memory.link(author, desk.clock.nowMs())
  if (link.rolledBack !== undefined) {
    const unanswered = { thread: id, message: message.id }
    await changeLink(desk, turn, author, (it) => withUnanswered(it, unanswered))
    return
  }
  await sayUnsealed(desk, turn, author, { thread: id, message: message.id })
}

/** Says that a message of the peer's, which is in its thread, is unsealed. */
export async function sayUnsealed(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  { thread: id, message: of }: ToAnswer,
): Promise<void> {
  const thread = (await desk.memory.thread(id))?.thread
  const answered = thread?.messages.find((it) => it.id === of)
  if (thread === undefined || answered === undefined) return
  const { precedence, status } = answered.statement
  const content = { step: "unsealed", of }
  const to = [{ org: peer, thread }]
  await say(desk, turn, { kind: "receipt", content, answers: [of], precedence, status, to })
}

/** Whether the other party has said in the thread that it unsealed this message. */
export function hasUnsealed({ messages }: Thread, id: MessageId): boolean {
  const sayer = messages.find((it) => it.id === id)?.statement.author
  return messages.some(({ statement: { kind, author, content } }) => {
    const isReceipt = kind === "receipt" && content["step"] === "unsealed"
    return isReceipt && content["of"] === id && author !== sayer
  })
}

/** In one turn at most, so that none lasts. */
const claimsMax = 16

/**
 * Answers what a peer gave back as answered, where that answer has not come back: a peer that was
 * restored itself meanwhile has lost it too, and then nobody else has it. A claim in a thread that
 * is damaged here stays, behind the others.
 */
export async function answerClaims(desk: Desk, turn: Turn, peer: OrgId): Promise<void> {
  const { link } = await desk.memory.link(peer, desk.clock.nowMs())
  const [after, claims] = withoutClaims(link, claimsMax)
  if (claims.length === 0) return
  const kept: ToAnswer[] = []
  const open: ToAnswer[] = []
  for (const it of claims) {
    const held = await desk.memory.thread(it.thread).catch(damagedOnly)
    if (held === "damaged") kept.push(it)
    else if (held !== undefined && !hasUnsealed(held.thread, it.message)) open.push(it)
  }
  if (kept.length === claims.length && after.claimed === undefined) return
  const left = [...(after.claimed ?? []), ...kept]
  await changeLink(desk, turn, peer, () =>
    left.length === 0 ? after : { ...after, claimed: left },
  )
  for (const it of open) await sayUnsealed(desk, turn, peer, it)
}

/** Throws whatever is of more than the one row. */
function damagedOnly(error: unknown): "damaged" {
  if (isDamage(error)) return "damaged"
  throw error
}

/** A peer's word that it refused an envelope of ours becomes a fact of that envelope's thread. */
export async function noteRefusal(desk: Desk, turn: Turn, message: Message): Promise<void> {
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
