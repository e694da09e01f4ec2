/** One thread as the desk shows it: every message with what it says, and everything it makes owe. */

import * as v from "valibot"

import {
  type Message,
  type OrgId,
  type Policy,
  type Thread,
  type ThreadId,
  isClosed,
  policyHashOf,
  viewHashOf,
  threadIdSchema,
  viewThread,
} from "@tearline/core"
import type { ExchangeStore } from "@tearline/store/exchange"

import { ExchangeError } from "../exchange-error.ts"
import { hashing } from "../hashing.ts"
import { threadOf } from "../journal.ts"
import { type Subjects, subjectOf } from "./subjects.ts"

export interface ReportParts {
  readonly store: Pick<ExchangeStore, "findThread" | "loadThread" | "threads">
  readonly subjects: Subjects
  readonly own: OrgId
  readonly nameOf: (org: OrgId) => string
  readonly policy: Policy
}

const summariesMax = 1_000

/** The thread whose id begins so. Throws `unknown_thread`, `ambiguous_thread`. */
export async function resolveThread(
  store: ReportParts["store"],
  prefix: string,
): Promise<ThreadId> {
  const whole = v.safeParse(threadIdSchema, prefix.toLowerCase())
  if (whole.success) return whole.output
  const [found, other] = await store.findThread(prefix.toLowerCase())
  if (found === undefined) {
    throw new ExchangeError("unknown_thread", "no thread of this node has an id that begins so")
  }
  if (other === undefined) return found
  throw new ExchangeError("ambiguous_thread", "several threads have ids that begin so")
}

/** Throws `unknown_thread`, `ambiguous_thread`, `corrupt`. */
export async function threadReport(parts: ReportParts, prefix: string): Promise<object> {
  const id = await resolveThread(parts.store, prefix)
  const loaded = await parts.store.loadThread(id)
  if (loaded === undefined) throw new ExchangeError("unknown_thread", `there is no thread ${id}`)
  const thread = threadOf(loaded)
  const view = viewThread(thread, parts.policy)
  const place = new Map(view.messages.map((it, at) => [it, at]))
  const messages = thread.messages.toSorted(
    (a, b) =>
      a.statement.atMs - b.statement.atMs || (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0),
  )
  const { peer } = loaded.head
  const { originator, addressee, status } = thread
  return {
    thread: { id, peer, peerName: parts.nameOf(peer), originator, addressee, status },
    ...subjectOf(thread),
    version: loaded.version,
    viewHash: viewHashOf(hashing, view),
    isClosed: isClosed(view),
    messages: messages.map((it) => messageLine(it, thread, parts)),
    obligations: view.obligations,
    conflicts: view.conflicts,
    waiting: view.waiting,
    refusals: thread.refusals,
  }
}

function messageLine(message: Message, thread: Thread, { own, policy }: ReportParts): object {
  const { id, digest, statement, part } = message
  const { kind, author, atMs, answers, content } = statement
  return {
    id,
    kind,
    author,
    mine: author === own,
    atMs,
    number: part.number,
    answers,
    content,
    asks: part.asks,
    releasableTo: part.releasableTo,
    custodyAtMs: thread.custody.find((it) => it.digest === digest)?.atMs ?? null,
    // Another policy than ours: due times may differ between the sides, and a person should know.
    isPolicyKnown: statement.policy === policyHashOf(hashing, policy),
  }
}

/** All threads, newest first. */
export async function threadSummaries(parts: ReportParts): Promise<readonly object[]> {
  const heads = await parts.store.threads({ limit: summariesMax })
  const subjects = await parts.subjects.of(heads.map((it) => it.id))
  return heads.map((it) => ({
    ...it,
    peerName: parts.nameOf(it.peer),
    mine: it.originator === parts.own,
    ...subjects.get(it.id),
  }))
}
