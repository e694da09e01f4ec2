/**
 * The duty officer's inbox: what is owed, by due time; what we owe first, then what others owe us.
 *
 * It is cut where it is too long for a person, says how much is left out, and leaves out the least
 * urgent: nobody is to hide a warning behind warnings of their own.
 */

import {
  beAliveOf,
  isOpen,
  isOverdue,
  type Clock,
  type LinkObligation,
  type OrgId,
  type ThreadId,
} from "@tearline/core"
import type { ExchangeStore, OpenObligation, OpenObligationQuery } from "@tearline/store/exchange"

import { ExchangeError } from "../exchange-error.ts"
import { fairCut } from "./fair-cut.ts"
import type { Subjects } from "./subjects.ts"
import { type LinkParts, peerLinks, watchedLinks } from "./watched-links.ts"

export interface InboxParts extends LinkParts {
  readonly store: Pick<ExchangeStore, "link" | "links" | "openByPeer" | "openObligations">
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

/** The inbox, cut where it is too long for a person. */
export interface Inbox {
  readonly lines: readonly InboxLine[]
  /** How many lines of either side are left out. */
  readonly more: { readonly ours: number; readonly theirs: number }
}

export interface InboxPage {
  readonly lines: readonly InboxLine[]
  /** Where the next page begins; null after the last. */
  readonly next: string | null
}

/** As it stands, or stood, at `atMs`. */
export async function inboxAt(parts: InboxParts, atMs: number): Promise<Inbox> {
  const [ours, theirs] = await Promise.all([sideAt(parts, true, atMs), sideAt(parts, false, atMs)])
  const silent = (await notAlive(parts, atMs)).map((it) => linkLineOf(parts, it))
  const lines = [...ours.lines, ...theirs.lines, ...silent]
  return {
    lines: lines.toSorted((a, b) => Number(b.mine) - Number(a.mine) || a.dueMs - b.dueMs),
    more: { ours: ours.more, theirs: theirs.more },
  }
}

interface Side {
  readonly lines: readonly InboxLine[]
  readonly more: number
}

async function sideAt(parts: InboxParts, isOurs: boolean, atMs: number): Promise<Side> {
  const { store } = parts
  const first = await store.openObligations({ isOurs, atMs, limit: linesMax + 1 })
  if (first.length <= linesMax) return { lines: await linesOf(parts, first, atMs), more: 0 }
  const { lines, total } = await store.openByPeer({ isOurs, atMs, perPeer: linesMax })
  const kept = fairCut(await linesOf(parts, lines, atMs), linesMax)
  return { lines: kept, more: total - kept.length }
}

export interface PageQuery {
  readonly isOurs: boolean
  readonly atMs: number
  /** `next` of the page before. */
  readonly after: string | undefined
}

/** What is owed on one side, everything of it, a page at a time. Throws `malformed_request`. */
export async function inboxPage(
  parts: InboxParts,
  { isOurs, atMs, after }: PageQuery,
): Promise<InboxPage> {
  const place = after === undefined ? {} : { after: placeOf(after) }
  const open = await parts.store.openObligations({ isOurs, atMs, limit: linesMax, ...place })
  const last = open.length < linesMax ? undefined : open.at(-1)
  const next = last && `${last.obligation.dueMs}.${last.thread}.${last.obligation.id}`
  return { lines: await linesOf(parts, open, atMs), next: next ?? null }
}

function placeOf(text: string): NonNullable<OpenObligationQuery["after"]> {
  const [, dueMs, thread, id] = /^(\d{1,15})\.([0-9a-f]{32})\.(.{1,300})$/.exec(text) ?? []
  if (dueMs === undefined || thread === undefined || id === undefined) {
    throw new ExchangeError("malformed_request", "after is no place that a page ended at")
  }
  return { thread: thread as ThreadId, obligation: { id, dueMs: Number(dueMs) } }
}

async function linesOf(
  parts: InboxParts,
  open: readonly OpenObligation[],
  atMs: number,
): Promise<readonly InboxLine[]> {
  const about = await parts.subjects.of(open.map((it) => it.thread))
  return open.map((it) => lineOf(parts, it, { about, atMs }))
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
