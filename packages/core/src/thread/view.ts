/**
 * What a thread means: a pure function of the set of its messages and the policy they name.
 *
 * Nothing here knows the time. An obligation carries when it arises and when it is due, and the
 * caller asks at a moment; so the view, and its hash, are equal on both nodes whenever the sets
 * are.
 */

import type { MessageId } from "../ids.ts"
import type { Policy } from "../policy.ts"
import { carriageObligations } from "./carriage-rules.ts"
import { closingObligations } from "./closing-rules.ts"
import { factsOf, type Conflict, type Waiting } from "./facts.ts"
import { handlingObligations } from "./handling-rules.ts"
import type { Obligation } from "./obligation.ts"
import type { Thread } from "./thread.ts"

export interface ThreadView {
  readonly thread: Pick<Thread, "id" | "originator" | "addressee" | "status">
  /** In canonical order: author, epoch, number, id. */
  readonly messages: readonly MessageId[]
  readonly obligations: readonly Obligation[]
  readonly conflicts: readonly Conflict[]
  readonly waiting: readonly Waiting[]
  /** Messages whose stated time is over the policy's limit away from their custody. */
  readonly doubtful: readonly MessageId[]
}

/** The view of a thread; equal sets give equal views, whatever their order. */
export function viewThread(thread: Thread, policy: Policy): ThreadView {
  const facts = factsOf(thread, policy)
  const { id, originator, addressee, status } = thread
  const obligations = [
    ...carriageObligations(facts),
    ...handlingObligations(facts),
    ...closingObligations(facts),
  ]
  return {
    thread: { id, originator, addressee, status },
    messages: facts.ordered.map((it) => it.id),
    obligations: obligations.toSorted((a, b) => a.dueMs - b.dueMs || (a.id < b.id ? -1 : 1)),
    conflicts: facts.conflicts,
    waiting: facts.waiting,
    doubtful: facts.ordered.filter((it) => facts.isDoubtful(it)).map((it) => it.id),
  }
}

/** Nothing is owed any more, and something once was. */
export function isClosed(view: ThreadView): boolean {
  return view.obligations.length > 0 && view.obligations.every((it) => it.end !== null)
}
