/**
 * What a link remembers of restores: of this node's own, until the peer has given everything back;
 * of the peer's, how far this node has got in giving back; and that this node was rolled back
 * without anybody having said so.
 */

import type { MessageId, ThreadId } from "../ids.ts"
import type { LaneHeld } from "../messages/heartbeat.ts"
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
  /** Null when everything has been given back. */
  readonly cursor: ReturnCursor | null
}

/** The peer holds numbers that we never gave: our database is an older one. */
export interface RolledBack {
  readonly sinceMs: number
  /** Messages taken in since whose `unsealed` is still to be said. */
  readonly unanswered: readonly { readonly thread: ThreadId; readonly message: MessageId }[]
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
  const { toldHeld: _ofTheOld, rolledBack: _mended, ...rest } = link
  const { out } = newLink(link.peer, 0)
  const pages = { lane: 0, epoch, upTo: 0, beyond: [] }
  const awaited = { epoch, sinceMs: nowMs, pages, lastPage: null }
  return { ...rest, epoch, out, past: pastOf(link), awaited, sealedAtMs: 0 }
}

/** The link with one page more of what the peer gives back; whole once all up to the last are in. */
export function withPage(
  link: Link,
  page: { epoch: number; number: number; isLast: boolean },
): Link {
  const { awaited, ...rest } = link
  if (awaited === undefined || awaited.epoch !== page.epoch) return link
  const pages = taken(awaited.pages, page.number)
  const lastPage = page.isLast ? page.number : awaited.lastPage
  if (lastPage !== null && pages.upTo >= lastPage) return rest
  return { ...rest, awaited: { ...awaited, pages, lastPage } }
}

/** The link with a restore of the peer accepted: everything that it lost is to be given back. */
export function withPeerRestore(
  link: Link,
  told: Pick<PeerRestore, "epoch" | "given" | "held">,
  nowMs: number,
): Link {
  const { epoch, given, held } = told
  const ends = { epoch: link.epoch, numbers: link.out.map((it) => it.number) }
  const fresh = { pages: 0, cursor: firstCursor, acceptedAtMs: nowMs }
  return { ...link, peerRestore: { epoch, given, held, ends, ...fresh } }
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

/** Messages whose answer is owed after a roll-back at most: more than a peer may say in one lane. */
const unansweredMax = 2_000

/** The link with one answer more to be given once a new epoch is open. */
export function withUnanswered(link: Link, one: RolledBack["unanswered"][number]): Link {
  const { rolledBack } = link
  if (rolledBack === undefined || rolledBack.unanswered.length >= unansweredMax) return link
  return { ...link, rolledBack: { ...rolledBack, unanswered: [...rolledBack.unanswered, one] } }
}
