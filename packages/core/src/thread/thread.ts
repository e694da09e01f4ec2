/**
 * One warning between its originator and one addressee: a set of verified messages and signed
 * facts.
 *
 * The set is all there is. Whatever order messages arrive in, however often, the same set gives the
 * same view on both nodes (`view.ts`); adding is therefore a union and never a decision.
 */

import { assert } from "../assert.ts"
import type { Digest, MessageId, OrgId, ThreadId } from "../ids.ts"
import { kindRule, type Party } from "../messages/kinds.ts"
import { type Custody, type Message, type MessageRefusal, threadOf } from "../messages/statement.ts"
import type { Status } from "../vocabulary/status.ts"

/** An envelope of ours that the other side refused, with the code it signed. */
export interface Refusal {
  readonly digest: Digest
  readonly by: OrgId
  readonly code: string
  readonly atMs: number
}

export interface Thread {
  readonly id: ThreadId
  readonly originator: OrgId
  readonly addressee: OrgId
  readonly status: Status
  readonly messages: readonly Message[]
  readonly custody: readonly Custody[]
  /** One-sided: the refusing side holds no thread for what it could not open. */
  readonly refusals: readonly Refusal[]
}

/** A thread with nothing in it yet. */
export function emptyThread(
  head: Pick<Thread, "id" | "originator" | "addressee" | "status">,
): Thread {
  assert(head.originator !== head.addressee, "nobody warns themselves")
  return { ...head, messages: [], custody: [], refusals: [] }
}

export function partyOf(thread: Thread, org: OrgId): Party | undefined {
  if (org === thread.originator) return "originator"
  return org === thread.addressee ? "addressee" : undefined
}

/** The nonce out of which the thread's id is made, once a message that names it is here. */
export function nonceOf(thread: Thread): string | undefined {
  for (const { part } of thread.messages) {
    if (part.subject?.nonce !== undefined) return part.subject.nonce
  }
  return undefined
}

export function otherParty(thread: Thread, org: OrgId): OrgId {
  return org === thread.originator ? thread.addressee : thread.originator
}

/**
 * Whether a message may enter the thread at all: right thread, status, and an author entitled to
 * it.
 */
export function entryRefusal(thread: Thread, message: Message): MessageRefusal | undefined {
  const { statement } = message
  if (threadOf(message) !== thread.id) return "wrong_thread"
  if (statement.status !== thread.status) return "status_mismatch"
  const party = partyOf(thread, statement.author)
  if (party === undefined) return "not_entitled"
  const rule = kindRule(statement.kind)
  return rule === undefined || rule.by.includes(party) ? undefined : "not_entitled"
}

/** Messages of a peer in one thread at most: nobody must be able to make us work without end. */
const messagesMax = 2_000

/** Whether the thread takes nothing more from this author. */
export function isFullFor(thread: Thread, author: OrgId): boolean {
  return thread.messages.filter((it) => it.statement.author === author).length >= messagesMax
}

/** The thread with a message added; the same thread when it was there already. */
export function withMessage(thread: Thread, message: Message): Thread {
  assert(entryRefusal(thread, message) === undefined, "only what may enter is added")
  if (thread.messages.some((it) => it.id === message.id)) return thread
  return { ...thread, messages: [...thread.messages, message] }
}

/** The thread with a custody receipt added; the first one for an envelope stays. */
export function withCustody(thread: Thread, custody: Custody): Thread {
  if (thread.custody.some((it) => it.digest === custody.digest)) return thread
  return { ...thread, custody: [...thread.custody, custody] }
}

/**
 * The thread with the receipt that the sender was given, as a peer has returned it: of two for one
 * envelope, which a restored gateway may have signed, both sides then count the same. The first
 * that was returned stays: whoever signs them would otherwise put off for ever what it owes.
 */
export function withReturnedCustody(thread: Thread, custody: Custody): Thread {
  const before = thread.custody.find((it) => it.digest === custody.digest)
  if (before?.isReturned === true) return thread
  return { ...thread, custody: [...thread.custody.filter((it) => it !== before), custody] }
}

/** The thread with a refusal added; the first one for an envelope stays. */
export function withRefusal(thread: Thread, refusal: Refusal): Thread {
  if (thread.refusals.some((it) => it.digest === refusal.digest)) return thread
  return { ...thread, refusals: [...thread.refusals, refusal] }
}

export interface Place {
  readonly number: number
  readonly previous: MessageId | null
}

/** The author's next number in this thread, and the message it follows. */
export function nextPlace(thread: Thread, author: OrgId, epoch: number): Place {
  const own = thread.messages.filter(
    (it) => it.statement.author === author && it.part.epoch === epoch,
  )
  const last = own.reduce<Message | undefined>(
    (best, it) => (best === undefined || it.part.number > best.part.number ? it : best),
    undefined,
  )
  return { number: (last?.part.number ?? 0) + 1, previous: last?.id ?? null }
}
