/** The thread that a message is about, told by the message itself where nobody else can. */

import type { OrgId } from "../ids.ts"
import type { Message } from "../messages/statement.ts"
import { threadIdOf } from "../thread/identity.ts"
import { emptyThread, nonceOf, type Thread } from "../thread/thread.ts"
import type { Desk } from "./turn.ts"

/**
 * Whose thread it is that this side has not heard of yet. The nonce tells: the id is made of it and
 * of who opened the thread. Without one nobody can tell, and whoever merely knows an id must not be
 * able to open that thread as their own.
 */
function originatorOf(desk: Desk, { statement, part }: Message, other: OrgId): OrgId | undefined {
  const { author, status, kind } = statement
  const { thread, nonce } = part.subject ?? {}
  if (nonce === undefined) return undefined
  const isOf = (originator: OrgId, addressee: OrgId) =>
    threadIdOf(desk.hashing, { originator, addressee, status, nonce }) === thread
  if (isOf(author, other)) return author
  return kind !== "warning" && isOf(other, author) ? other : undefined
}

/** Whether a thread that is here is the one of this nonce; one that it came by was held against it. */
function isNamedBy(desk: Desk, held: Thread, nonce: string | undefined): boolean {
  if (nonce === undefined || nonce === nonceOf(held)) return true
  return threadIdOf(desk.hashing, { ...held, nonce }) === held.id
}

/**
 * The thread with `peer` that a message says it belongs to, made where this side has not heard of
 * it yet. The message is the peer's, or one of ours that the peer returns.
 */
export async function threadFor(
  desk: Desk,
  message: Message,
  peer: OrgId,
): Promise<Thread | "wrong_thread" | undefined> {
  const subject = message.part.subject
  if (subject === null) return undefined
  const { author, status, kind } = message.statement
  const held = (await desk.memory.thread(subject.thread))?.thread
  if (held !== undefined && kind !== "warning") {
    return isNamedBy(desk, held, subject.nonce) ? held : "wrong_thread"
  }
  const other = author === desk.own ? peer : desk.own
  const originator = originatorOf(desk, message, other)
  if (originator === undefined) return "wrong_thread"
  // Not here yet, or not any more: its warning is on its way, or will be returned.
  const addressee = originator === author ? other : author
  return held ?? emptyThread({ id: subject.thread, originator, addressee, status })
}
