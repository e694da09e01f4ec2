/** The two hashes of a thread: its name, and its state. */

import type { Hashing } from "../host/ports.ts"
import type { OrgId, PolicyHash, ThreadId } from "../ids.ts"
import type { Policy } from "../policy.ts"
import type { Status } from "../vocabulary/status.ts"
import type { Obligation } from "./obligation.ts"
import type { ThreadView } from "./view.ts"

const threadLabel = "tearline/thread/v1"

/** What a thread's name is made of; nonce: 16 random bytes in hexadecimal. */
export interface ThreadSeed {
  readonly originator: OrgId
  readonly addressee: OrgId
  readonly status: Status
  readonly nonce: string
}

/**
 * Spec/messages.md, thread id: exercise, test and actual can never share one (I8), and nobody can
 * tell from one thread's id whether another exists.
 */
export function threadIdOf(hashing: Hashing, seed: ThreadSeed): ThreadId {
  const { originator, addressee, status, nonce } = seed
  const named = hashing.encode([threadLabel, originator, addressee, status, nonce])
  return hashing.hash(named).subarray(0, 16).toHex() as ThreadId
}

/** The name of a policy: SHA-256 of its canonical form. */
export function policyHashOf(hashing: Hashing, policy: Policy): PolicyHash {
  return hashing.hash(hashing.encode(policy)).toHex() as PolicyHash
}

function obligationRow({ id, owedBy, startMs, dueMs, end }: Obligation): unknown[] {
  return [id, owedBy, startMs, dueMs, end === null ? null : [end.kind, end.by, end.atMs]]
}

/** SHA-256 over the canonical view, in hexadecimal; equal on both nodes at equal sets. */
export function viewHashOf(hashing: Hashing, view: ThreadView): string {
  const state = [
    view.thread.id,
    view.messages,
    view.obligations.map(obligationRow),
    view.conflicts.map((it) => [it.author, it.epoch, it.number, it.messages]),
    view.waiting.map((it) => [it.message, it.for]),
    view.doubtful,
  ]
  return hashing.hash(hashing.encode(state)).toHex()
}
