/** The duty officer's inbox: what is owed, by due time; what we owe first, then what others owe us. */

import {
  beAliveOf,
  isOpen,
  isOverdue,
  type Clock,
  type LinkObligation,
  type OrgId,
} from "@tearline/core"
import type { ExchangeStore, OpenObligation } from "@tearline/store/exchange"

import type { Subjects } from "./subjects.ts"
import { type LinkParts, peerLinks, watchedLinks } from "./watched-links.ts"

export interface InboxParts extends LinkParts {
  readonly store: Pick<ExchangeStore, "links" | "openObligations">
  readonly subjects: Subjects
  readonly nameOf: (org: OrgId) => string
  readonly clock: Clock
}

const linesMax = 500

/** One open obligation. Times in milliseconds. */
export interface InboxLine {
  readonly id: string
  readonly rule: string
  /** Empty where it is owed on the link. */
  readonly thread: string
  readonly peer: string
  readonly peerName: string
  readonly owedBy: string
  readonly mine: boolean
  readonly bearer: string
  readonly precedence: string
  readonly threadStatus: string
  readonly threatToLife: boolean
  readonly title: string
  readonly startMs: number
  readonly dueMs: number
  readonly overdue: boolean
}

/** As it stands, or stood, at `atMs`. */
export async function inboxAt(parts: InboxParts, atMs: number): Promise<readonly InboxLine[]> {
  const { store, subjects, own } = parts
  const [ours, theirs] = await Promise.all(
    [true, false].map((isOurs) => store.openObligations({ isOurs, atMs, limit: linesMax })),
  )
  const open = [...(ours ?? []), ...(theirs ?? [])]
  const about = await subjects.of(open.map((it) => it.thread))
  const silent = (await notAlive(parts, atMs)).map((it) => linkLineOf(parts, it))
  const lines = [...open.map((it) => lineOf(parts, it, { about, atMs })), ...silent]
  return lines.toSorted(
    (a, b) => Number(b.owedBy === own) - Number(a.owedBy === own) || a.dueMs - b.dueMs,
  )
}

/** Signs of life that are overdue. Of what is still to come nobody can say that it will fail. */
async function notAlive(parts: InboxParts, atMs: number): Promise<readonly LinkObligation[]> {
  const askedMs = Math.min(atMs, parts.clock.nowMs())
  return watchedLinks(await peerLinks(parts))
    .flatMap(({ link, terms }) => beAliveOf(link, terms))
    .filter((it) => isOpen(it, askedMs) && isOverdue(it, askedMs))
}

function linkLineOf({ nameOf, own }: InboxParts, it: LinkObligation): InboxLine {
  const { id, rule, owedBy, bearer, peer, startMs, dueMs } = it
  const isOurs = owedBy === own
  return {
    id,
    rule,
    thread: "",
    peer,
    peerName: nameOf(peer),
    owedBy,
    mine: isOurs,
    bearer,
    precedence: "",
    threadStatus: "actual",
    threatToLife: false,
    title: isOurs ? "our exchange says nothing on this link" : "nothing is heard on this link",
    startMs,
    dueMs,
    overdue: true,
  }
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
    threatToLife: about.get(thread)?.threatToLife ?? true,
    title: about.get(thread)?.title ?? "",
    startMs,
    dueMs,
    overdue: isOverdue(obligation, atMs),
  }
}
