/**
 * What a link remembers of restores: of this node's own, until the peer has given everything back;
 * of the peer's, how far this node has got in giving back; and that this node was rolled back
 * without anybody having said so.
 */

import type { Digest, MessageId, ThreadId } from "../ids.ts"
import type { LaneHeld } from "../messages/heartbeat.ts"
import type { Returned } from "../messages/restoring.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import { holds, lastOf, taken } from "./held.ts"
import { newLink, type LanePlace, type Link } from "./link.ts"

/** A number in a lane, whose ever it is. */
export type Place = Pick<LanePlace, "epoch" | "lane" | "number">

/** This node was restored, and the peer has not given everything back yet. */
export interface Awaited {
  readonly epoch: number
  readonly sinceMs: number
  /** Pages taken in, and the number of the last once that is known. */
  readonly pages: LaneHeld
  readonly lastPage: number | null
}

/** Where giving back goes on: behind this place of one direction of one lane. */
export interface ReturnCursor {
  readonly lane: Lane
  readonly direction: "out" | "in"
  readonly after: { readonly epoch: number; readonly number: number }
}

/** The newest restore of the peer that its root has authorised. */
export interface PeerRestore {
  readonly epoch: number
  readonly acceptedAtMs: number
  /** What the peer said that it knows: of its own lanes, and of ours. */
  readonly given: readonly LaneHeld[]
  readonly held: readonly LaneHeld[]
  /** Our own lanes at that moment: what we send from then on reaches the peer by itself. */
  readonly ends: { readonly epoch: number; readonly numbers: readonly number[] }
  readonly pages: number
  /** Pages that the peer's gateway has not confirmed yet. */
  readonly inHand?: readonly Digest[]
  /** Restores of the peer that were answered since `sinceMs`, this one among them. */
  readonly answered?: { readonly sinceMs: number; readonly count: number }
  /** Where the peer was restored too often: nothing is given back before. */
  readonly notBeforeMs?: number
  /** Null when everything has been given back. */
  readonly cursor: ReturnCursor | null
}

/** Pages that have come of a peer's answer to our newest restore, in one epoch of its own. */
export interface Answer {
  /** By page; the epoch is the peer's. */
  readonly pages: LaneHeld
  readonly lastPage: number | null
}

/** What a peer gave back in vain since `sinceMs`: it cost a check each, and brought nothing. */
export interface Fruitless {
  readonly sinceMs: number
  readonly count: number
}

/** The peer holds numbers that we never gave: our database is an older one. */
export interface RolledBack {
  readonly sinceMs: number
  /** An epoch of ours that the peer told of and that is newer than the link's, where it did. */
  readonly laterEpoch?: number
  /** Messages taken in since whose `unsealed` is still to be said. */
  readonly unanswered: readonly ToAnswer[]
}

/** A message whose `unsealed` is owed by this node's machine. */
export interface ToAnswer {
  readonly thread: ThreadId
  readonly message: MessageId
}

const beginning = { epoch: 0, number: 0 }
const firstCursor: ReturnCursor = { lane: 0, direction: "out", after: beginning }

/** Where giving back goes on after one direction of one lane: what we said first, then theirs. */
export function nextCursor({ lane, direction }: ReturnCursor): ReturnCursor | null {
  if (direction === "out") return { lane, direction: "in", after: beginning }
  return lane === 3 ? null : { lane: (lane + 1) as Lane, direction: "out", after: beginning }
}

/** Whether these rows hold the place. */
function isCovered(rows: readonly LaneHeld[], { epoch, lane, number }: Place): boolean {
  const row = rows.find((it) => it.epoch === epoch && it.lane === lane)
  return row !== undefined && holds(row, number)
}

/** The number up to which nothing is missing in these rows. */
export function coveredUpTo(rows: readonly LaneHeld[], { epoch, lane }: Place): number {
  return rows.find((it) => it.epoch === epoch && it.lane === lane)?.upTo ?? 0
}

/** Rows of past epochs kept at most; what is not told is given back again, and taken in once. */
const pastRowsMax = 60

/** What this node knows of its own lanes in the epoch that ends, beside those that ended before. */
function pastOf({ epoch, out, past = [] }: Link): LaneHeld[] {
  const ended = out.map(({ number: upTo }, lane) => ({ lane, epoch, upTo, beyond: [] }))
  return [...past, ...ended.filter((it) => it.upTo > 0)].slice(-pastRowsMax)
}

/**
 * The link after a restore from a backup: what was sent since is not known here any more, so that
 * numbers go on in an epoch of which none was ever given, and the peer is asked for what was lost.
 */
export function withEpoch(link: Link, epoch: number, nowMs: number): Link {
  const { toldHeld: _ofTheOld, rolledBack: _mended, answer: _before, ...rest } = link
  const { out } = newLink(link.peer, 0)
  const pages = { lane: 0, epoch, upTo: 0, beyond: [] }
  const awaited = { epoch, sinceMs: nowMs, pages, lastPage: null }
  return { ...rest, epoch, out, past: pastOf(link), awaited, sealedAtMs: 0 }
}

/** A page as the peer said it, in its own `peerEpoch`, of the answer to our restore of `epoch`. */
interface Page {
  readonly epoch: number
  readonly number: number
  readonly isLast: boolean
  readonly peerEpoch: number
}

/** A peer that was restored itself begins anew, somewhere: only its newest epoch is kept. */
function answerWith({ answer }: Link, { number, isLast, peerEpoch }: Page): Answer {
  if (answer !== undefined && answer.pages.epoch > peerEpoch) return answer
  const isSame = answer?.pages.epoch === peerEpoch
  const none: Answer = {
    pages: { lane: 0, epoch: peerEpoch, upTo: 0, beyond: [] },
    lastPage: null,
  }
  const { pages, lastPage } = isSame ? answer : none
  return { pages: taken(pages, number), lastPage: isLast ? number : lastPage }
}

/** The link with one page more of what the peer gives back; whole once all up to the last are in. */
export function withPage(before: Link, page: Page): Link {
  const link =
    page.epoch === before.epoch ? { ...before, answer: answerWith(before, page) } : before
  const { awaited, ...rest } = link
  if (awaited === undefined || awaited.epoch !== page.epoch) return link
  const pages = taken(awaited.pages, page.number)
  const lastPage = page.isLast ? page.number : awaited.lastPage
  if (lastPage !== null && pages.upTo >= lastPage) return rest
  return { ...rest, awaited: { ...awaited, pages, lastPage } }
}

/**
 * Whether what the peer gives back is what this node may have asked for: a page of the answer to a
 * restore of its own, or one thing that came to light later. Once the answer is whole each page
 * counts once, and none behind the last; but a peer that was restored itself since does not know
 * how far it had got, and says in its new epoch what it may have said before.
 */
export function isAsked(
  { past, epoch: newest, awaited, answer }: Link,
  { epoch, page, items, passed }: Pick<Returned, "epoch" | "page" | "items" | "passed">,
  peerEpoch: number,
): boolean {
  if (past === undefined || epoch > newest) return false
  if (page === null) return items.length + passed.length === 1
  const isOpen = epoch < newest || awaited !== undefined || answer?.pages.epoch !== peerEpoch
  return isOpen || !(holds(answer.pages, page) || page > (answer.lastPage ?? page))
}

/** What is given back in vain at most in an hour: far more than any honest peer ever does. */
const fruitlessMax = 1_000
const fruitlessWindowMs = 3_600_000

/** The link after so much more that a peer gave back in vain. */
export function withFruitless(link: Link, count: number, nowMs: number): Link {
  const { fruitless } = link
  const isOver = fruitless === undefined || nowMs - fruitless.sinceMs >= fruitlessWindowMs
  const after = isOver
    ? { sinceMs: nowMs, count }
    : { ...fruitless, count: fruitless.count + count }
  return { ...link, fruitless: after }
}

/** Whether nothing more of what this peer gives back is looked at for now. */
export function isFruitless({ fruitless }: Link, nowMs: number): boolean {
  if (fruitless === undefined || fruitless.count < fruitlessMax) return false
  return nowMs - fruitless.sinceMs < fruitlessWindowMs
}

/** Restores of one peer that are answered at once in an hour; a further one waits until it is over. */
const answeredMax = 4
const answeredWindowMs = 3_600_000

/** Whether anything was looked for or said yet in answer to this restore. */
function hasBegun({ pages, cursor }: PeerRestore): boolean {
  if (pages > 0 || cursor === null) return true
  const { lane, direction, after } = cursor
  return lane > 0 || direction === "in" || after.epoch + after.number > 0
}

/** When the next restore of the peer is answered, and how many have been in that hour. */
function turnOf(
  before: PeerRestore | undefined,
  nowMs: number,
): Pick<PeerRestore, "answered" | "notBeforeMs"> {
  const { answered, notBeforeMs } = before ?? {}
  // One that still waits has cost nothing: the newer takes its place.
  if (answered !== undefined && notBeforeMs !== undefined && notBeforeMs > nowMs) {
    return { answered, notBeforeMs }
  }
  const isOver = answered === undefined || nowMs - answered.sinceMs >= answeredWindowMs
  if (isOver) return { answered: { sinceMs: nowMs, count: 1 } }
  if (before !== undefined && !hasBegun(before)) return { answered }
  if (answered.count < answeredMax) return { answered: { ...answered, count: answered.count + 1 } }
  const endMs = answered.sinceMs + answeredWindowMs
  return { answered: { sinceMs: endMs, count: 1 }, notBeforeMs: endMs }
}

/** Whether the peer's restore is answered later, because there were so many of them. */
export function isPutOff({ notBeforeMs }: PeerRestore, nowMs: number): boolean {
  return notBeforeMs !== undefined && nowMs < notBeforeMs
}

/** Pages on their way to a peer at most. By file a stick carries many at once, and takes days. */
const inHandMax = 16
const inHandByFileMax = 256

/** Whether the peer takes in its pages too slowly to be given another now. */
export function isBehind({ inHand = [] }: PeerRestore, isByFile: boolean): boolean {
  return inHand.length >= (isByFile ? inHandByFileMax : inHandMax)
}

/** The link after a page has left the outbox; the same where this was none. */
export function withPageSettled(link: Link, digest: Digest): Link {
  const { peerRestore } = link
  if (peerRestore?.inHand?.includes(digest) !== true) return link
  const inHand = peerRestore.inHand.filter((it) => it !== digest)
  return { ...link, peerRestore: { ...peerRestore, inHand } }
}

/** The link with a restore of the peer accepted: everything that it lost is to be given back. */
export function withPeerRestore(
  link: Link,
  told: Pick<PeerRestore, "epoch" | "given" | "held">,
  nowMs: number,
): Link {
  const { epoch, given, held } = told
  const ends = { epoch: link.epoch, numbers: link.out.map((it) => it.number) }
  const { peerRestore: before } = link
  const inHand = before?.inHand ?? []
  const fresh = { pages: 0, cursor: firstCursor, acceptedAtMs: nowMs, inHand }
  return { ...link, peerRestore: { epoch, given, held, ends, ...fresh, ...turnOf(before, nowMs) } }
}

/** The link that gives back everything once more: something was due and could not be said. */
export function withAllAgain(link: Link, restore: PeerRestore): Link {
  return { ...link, peerRestore: { ...restore, cursor: firstCursor } }
}

/** Whether a place is one that the restored peer may have lost, and nothing newer. */
export function isBefore(restore: PeerRestore, direction: "out" | "in", place: Place): boolean {
  if (direction === "in") return place.epoch < restore.epoch
  const { epoch, numbers } = restore.ends
  if (place.epoch !== epoch) return place.epoch < epoch
  return place.number <= (numbers[place.lane] ?? 0)
}

/** Whether the restored peer lacks what stands in this place. */
export function isLost(restore: PeerRestore, direction: "out" | "in", place: Place): boolean {
  const rows = direction === "out" ? restore.held : restore.given
  return isBefore(restore, direction, place) && !isCovered(rows, place)
}

/** Whether the peer tells that it holds numbers of our present epoch, or a later, never given. */
export function isAhead({ epoch, out }: Link, told: readonly LaneHeld[]): boolean {
  return told.some((row) => {
    const last = row.epoch === epoch ? (out[row.lane]?.number ?? 0) : 0
    return row.epoch >= epoch && lastOf(row) > last
  })
}

/** The link that was found to be rolled back by what the peer told. */
export function withRolledBack(link: Link, told: readonly LaneHeld[], nowMs: number): Link {
  const newest = told.reduce((latest, it) => Math.max(latest, it.epoch), 0)
  const later = newest > link.epoch ? { laterEpoch: newest } : {}
  return { ...link, rolledBack: { sinceMs: nowMs, ...later, unanswered: [] } }
}

/** Messages whose answer is owed after a roll-back at most: more than a peer may say in one lane. */
const unansweredMax = 2_000

/** The link with one answer more to be given once a new epoch is open. */
export function withUnanswered(link: Link, one: ToAnswer): Link {
  const { rolledBack } = link
  if (rolledBack === undefined || rolledBack.unanswered.length >= unansweredMax) return link
  return { ...link, rolledBack: { ...rolledBack, unanswered: [...rolledBack.unanswered, one] } }
}

/** Claims kept at most: they are written with the link. */
const claimedMax = 500

/**
 * The link with one message more of which the peer says that it has our answer, while that answer
 * is not here; the same where there are too many.
 */
export function withClaimed(link: Link, one: ToAnswer): Link {
  const { claimed = [] } = link
  return claimed.length >= claimedMax ? link : { ...link, claimed: [...claimed, one] }
}

/**
 * The claims that the answer should have come to by now, and the link without them: none before the
 * peer has given everything back, nor while nothing may be sealed to it.
 */
export function withoutClaims(link: Link, count: number): readonly [Link, readonly ToAnswer[]] {
  const { claimed = [], ...rest } = link
  const isOpen = link.awaited !== undefined || link.rolledBack !== undefined
  if (isOpen || claimed.length === 0) return [link, []]
  const left = claimed.slice(count)
  return [left.length === 0 ? rest : { ...rest, claimed: left }, claimed.slice(0, count)]
}
