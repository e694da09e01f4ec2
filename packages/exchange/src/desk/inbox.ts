/** The duty officer's inbox: what is owed, by due time; what we owe first, then what others owe us. */

import { isOverdue, type OrgId } from "@tearline/core"
import type { ExchangeStore, OpenObligation } from "@tearline/store/exchange"

import type { Subjects } from "./subjects.ts"

export interface InboxParts {
  readonly store: Pick<ExchangeStore, "openObligations">
  readonly subjects: Subjects
  readonly nameOf: (org: OrgId) => string
  readonly own: OrgId
}

const linesMax = 500

/** One open obligation. Times in milliseconds. */
export interface InboxLine {
  readonly id: string
  readonly rule: string
  readonly thread: string
  readonly peer: string
  readonly peerName: string
  readonly owedBy: string
  readonly mine: boolean
  readonly bearer: string
  readonly precedence: string
  readonly threadStatus: string
  readonly title: string
  readonly startMs: number
  readonly dueMs: number
  readonly overdue: boolean
}

/** As it stands, or stood, at `atMs`. */
export async function inboxAt(parts: InboxParts, atMs: number): Promise<readonly InboxLine[]> {
  const { store, subjects } = parts
  const [ours, theirs] = await Promise.all(
    [true, false].map((isOurs) => store.openObligations({ isOurs, atMs, limit: linesMax })),
  )
  const open = [...(ours ?? []), ...(theirs ?? [])]
  const about = await subjects.of(open.map((it) => it.thread))
  return open.map((it) => lineOf(parts, it, { about, atMs }))
}

function lineOf(
  { nameOf, own }: InboxParts,
  { thread, peer, status, obligation }: OpenObligation,
  { about, atMs }: { about: Awaited<ReturnType<Subjects["of"]>>; atMs: number },
): InboxLine {
  const { id, rule, owedBy, bearer, startMs, dueMs } = obligation
  return {
    id,
    rule,
    thread,
    peer,
    peerName: nameOf(peer),
    owedBy,
    mine: owedBy === own,
    bearer,
    precedence: about.get(thread)?.precedence ?? "",
    threadStatus: status,
    title: about.get(thread)?.title ?? "",
    startMs,
    dueMs,
    overdue: isOverdue(obligation, atMs),
  }
}
