/**
 * What one organisation sends to one other and hears from it: an epoch, four numbered lanes each
 * way.
 *
 * Numbers make silence visible: a lane that skips one has a gap, and what is held is told to the
 * other side with every message. Arrival in order is neither promised nor waited for; a slot opens
 * alone.
 */

import { assert } from "../assert.ts"
import type { OrgId } from "../ids.ts"
import type { LaneHeld } from "../messages/heartbeat.ts"
import type { Lane } from "../vocabulary/precedence.ts"
import { joined, missingBelow, missingOf, taken } from "./held.ts"
import type { Answer, Awaited, Fruitless, PeerRestore, RolledBack, ToAnswer } from "./restore.ts"

/** Where the next slot of an outgoing lane goes. */
export interface LaneOut {
  /** The last number given, 0 before the first. */
  readonly number: number
  /** Hash of that slot in hexadecimal, null before the first. */
  readonly slotHash: string | null
}

export interface Link {
  readonly peer: OrgId
  /** Of what we send. A restore from a backup opens a new one. */
  readonly epoch: number
  readonly out: readonly [LaneOut, LaneOut, LaneOut, LaneOut]
  readonly held: readonly LaneHeld[]
  /** Of our lanes, what the peer told that it holds. Absent before it told anything. */
  readonly toldHeld?: ToldHeld
  /** When our exchange last sealed anything to the peer, or the link was made. Milliseconds. */
  readonly sealedAtMs: number
  /** When we last took in anything that the peer's exchange sealed, or the link was made. */
  readonly heardAtMs: number
  /** How many refusals we have said to the peer since `sinceMs`; bounded by the exchange. */
  readonly refused: {
    readonly sinceMs: number
    readonly count: number
    /** When anything was last refused without saying so. */
    readonly unsaidAtMs?: number
  }
  /** What this node knew of its own lanes in each epoch that a restore has ended. */
  readonly past?: readonly LaneHeld[]
  readonly awaited?: Awaited
  readonly answer?: Answer
  readonly fruitless?: Fruitless
  readonly peerRestore?: PeerRestore
  readonly rolledBack?: RolledBack
  /** Given back as answered by this node, whose answer has not come back yet. */
  readonly claimed?: readonly ToAnswer[]
}

/** What a peer has told of our lanes since its own epoch began; rows of our epoch only. */
export interface ToldHeld {
  readonly peerEpoch: number
  readonly rows: readonly LaneHeld[]
}

/** A place in an outgoing lane, as the slot carries it. */
export interface LanePlace {
  readonly epoch: number
  readonly lane: Lane
  readonly number: number
  readonly previousSlotHash: string | null
}

const nothingSent: LaneOut = { number: 0, slotHash: null }

export function newLink(peer: OrgId, nowMs: number): Link {
  return {
    peer,
    epoch: 1,
    out: [nothingSent, nothingSent, nothingSent, nothingSent],
    held: [],
    // Never spoken yet: the first heartbeat is due at once, and says that we are here.
    sealedAtMs: 0,
    heardAtMs: nowMs,
    refused: { sinceMs: nowMs, count: 0 },
  }
}

export function nextLanePlace(link: Link, lane: Lane): LanePlace {
  const { number, slotHash } = link.out[lane]
  return { epoch: link.epoch, lane, number: number + 1, previousSlotHash: slotHash }
}

/** The link after a slot has been sealed at `place`. */
export function withSealed(link: Link, place: LanePlace, slotHash: string, nowMs: number): Link {
  const next = nextLanePlace(link, place.lane)
  assert(place.epoch === next.epoch && place.number === next.number, "a slot takes the next place")
  const out = link.out.with(place.lane, { number: place.number, slotHash })
  // `with` keeps the length of four, which its type forgets.
  return { ...link, out: out as unknown as Link["out"], sealedAtMs: nowMs }
}

/** The link after one more refusal; the count begins anew once `windowMs` has passed. */
export function withRefusalSaid(link: Link, windowMs: number, nowMs: number): Link {
  const { sinceMs, count } = link.refused
  const isOver = nowMs - sinceMs >= windowMs
  return { ...link, refused: isOver ? { sinceMs: nowMs, count: 1 } : { sinceMs, count: count + 1 } }
}

/** The link after a refusal that is recorded at home only: no later start may show an earlier time. */
export function withRefusalUnsaid(link: Link, nowMs: number): Link {
  return { ...link, refused: { ...link.refused, unsaidAtMs: nowMs } }
}

/** Rows kept at most: of the newest epochs. */
const rowsKeptMax = 64
/** Runs beyond gaps kept in all of them: the link is written with every message of the peer. */
const runsOfLinkMax = 4_000

/** Of the oldest rows runs are forgotten first. */
function withinBounds(rows: readonly LaneHeld[]): readonly LaneHeld[] {
  const kept = rows.slice(-rowsKeptMax)
  let left = runsOfLinkMax
  if (kept.reduce((sum, it) => sum + it.beyond.length, 0) <= left) return kept
  const short = kept.toReversed().map((row) => {
    const beyond = row.beyond.slice(0, left)
    left -= beyond.length
    return { ...row, beyond }
  })
  return short.toReversed()
}

/** The link after the slot `number` of the peer's `lane` has been taken in; the same when it was. */
export function withTaken(
  link: Link,
  place: Pick<LanePlace, "epoch" | "lane" | "number">,
  nowMs: number,
): Link {
  const { epoch, lane, number } = place
  const at = link.held.findIndex((it) => it.epoch === epoch && it.lane === lane)
  const before = link.held[at] ?? { lane, epoch, upTo: 0, beyond: [] }
  const after = taken(before, number)
  const held =
    at === -1
      ? [...link.held, after].toSorted((a, b) => a.epoch - b.epoch || a.lane - b.lane)
      : link.held.with(at, after)
  return { ...link, held: withinBounds(held), heardAtMs: Math.max(link.heardAtMs, nowMs) }
}

/**
 * The link after the peer has told, in its own epoch `peerEpoch`, what it holds of our lanes. In
 * one epoch of the peer's that only grows, so that messages may tell it in any order; after a
 * restore of the peer it begins anew.
 */
export function withTold(link: Link, peerEpoch: number, told: readonly LaneHeld[]): Link {
  const known = link.toldHeld
  if (known !== undefined && known.peerEpoch > peerEpoch) return link
  const before = known?.peerEpoch === peerEpoch ? known.rows : []
  const rows = link.out.flatMap(({ number: last }, lane) => {
    const isOfLane = (it: LaneHeld) => it.lane === lane && it.epoch === link.epoch
    const all = [...before, ...told].filter(isOfLane)
    const none: LaneHeld = { lane, epoch: link.epoch, upTo: 0, beyond: [] }
    return all.length === 0 ? [] : [all.reduce((sum, it) => joined(sum, it, last), none)]
  })
  return { ...link, toldHeld: { peerEpoch, rows } }
}

/** Runs told to the peer at most of one lane, so that what is told always fits a slot. */
const runsToldMax = 32

const asTold = (it: LaneHeld): LaneHeld => ({ ...it, beyond: it.beyond.slice(0, runsToldMax) })

/**
 * What is told to the peer with every message of what we hold of its lanes: those of its newest
 * epoch, since nothing is sent in another any more; beyond a gap the lowest runs. It may tell less
 * than we hold, never more.
 */
export function toldOf(link: Link): LaneHeld[] {
  const newest = link.held.reduce((latest, it) => Math.max(latest, it.epoch), 0)
  return link.held.filter((it) => it.epoch === newest).map(asTold)
}

/** The same of every epoch: what a restored node still has, so that it is given the rest. */
export function toldOfAll(link: Link): LaneHeld[] {
  return link.held.map(asTold)
}

/** A number of the peer's that has been skipped so far. */
export interface Gap {
  readonly epoch: number
  readonly lane: number
  readonly number: number
}

/** Gaps shown of one lane at most: a peer that names a number far ahead must not keep us busy. */
const gapsShownMax = 1_000

function missingIn(rows: readonly LaneHeld[]): Gap[] {
  return rows.flatMap((row) => {
    const { epoch, lane } = row
    return missingOf(row, gapsShownMax).map((number) => ({ epoch, lane, number }))
  })
}

function missingCount(rows: readonly LaneHeld[]): number {
  return rows.reduce((sum, row) => sum + Math.min(gapsShownMax, missingBelow(row)), 0)
}

/** How many `gapsOf` gives, without a list of them. */
export function gapCount(link: Link): number {
  return missingCount(link.held)
}

/** How many `unheldBy` gives, without a list of them. */
export function unheldCount(link: Link): number {
  return missingCount(link.toldHeld?.rows ?? [])
}

/** The numbers that are missing below one that is here, the first thousand of each lane. */
export function gapsOf(link: Link): Gap[] {
  return missingIn(link.held)
}

/**
 * The numbers of ours that the peer does not hold although it holds a newer one of the lane: what
 * was lost behind its gateway, or refused. The first thousand of each lane.
 */
export function unheldBy(link: Link): Gap[] {
  return missingIn(link.toldHeld?.rows ?? [])
}

/** Whether a heartbeat is due, given how often this link is to be heard. */
export function heartbeatIsDue(link: Link, intervalMs: number, nowMs: number): boolean {
  return nowMs - link.sealedAtMs >= intervalMs
}

/** Whether the peer has been silent for longer than it agreed, with `slackMs` for the way. */
export function isSilent(
  link: Link,
  times: { readonly intervalMs: number; readonly slackMs: number; readonly nowMs: number },
): boolean {
  return times.nowMs - link.heardAtMs > times.intervalMs + times.slackMs
}
