/**
 * How the node is: what a person must be told; each link with its silence, gaps and queue; how much
 * is owed; what is quarantined.
 */

import {
  gapCount,
  isSilent,
  precedences,
  unheldCount,
  alarmsOf,
  type Clock,
  type Link,
  type NodeAlarm,
  type OrgId,
  type SeamAlarm,
  type StorageAlarm,
} from "@tearline/core"
import type { DeskCounts, ExchangeStore } from "@tearline/store/exchange"

import type { ThreadAlarms } from "./thread-alarms.ts"
import { type LinkParts, type PeerLink, peerLinks, watchedLinks } from "./watched-links.ts"

export interface StatusParts extends LinkParts {
  readonly ownName: string
  readonly store: Pick<ExchangeStore, "counts" | "link" | "links">
  readonly clock: Clock
  readonly nameOf: (org: OrgId) => string
  readonly isConnected: () => boolean
  readonly isClockSuspect: () => boolean
  /** The code under which the latest unit to this peer failed to get there. */
  readonly failingTo: (org: OrgId) => string | undefined
  /** That nothing comes from the gateway's side, where folders lie between. */
  readonly seamTrouble: (nowMs: number) => SeamAlarm | undefined
  /** Who is no peer here, and has sent what waits at our gateway. */
  readonly strangers: () => readonly OrgId[]
  /** What fails now in the databases of either process. */
  readonly storageTrouble: () => Promise<readonly StorageAlarm[]>
  /** When the root authorised the newest restore of this node; null for none. */
  readonly restoredAtMs: number | null
}

export async function nodeStatus(parts: StatusParts, threads: ThreadAlarms): Promise<object> {
  const nowMs = parts.clock.nowMs()
  const [counts, links, inThreads, storage] = await Promise.all([
    parts.store.counts(nowMs),
    peerLinks(parts),
    threads.now(),
    parts.storageTrouble(),
  ])
  const isClockSuspect = parts.isClockSuspect()
  const seam = parts.seamTrouble(nowMs)
  const watched = { isClockSuspect, storage, seam, threads: inThreads, links: watchedLinks(links) }
  return {
    org: parts.own,
    name: parts.ownName,
    status: parts.isConnected() ? "ready" : "no-gateway",
    nowMs,
    isClockSuspect,
    restored: restoredLine(parts, links),
    alarms: [
      ...alarmsOf(watched, nowMs),
      ...damagedLinks(links),
      ...unknownPeers(parts.strangers()),
    ].map((it) => named(it, parts.nameOf, links)),
    links: links.map((it) => ({
      ...linkLine(it, nowMs),
      ...waitingLine(it, counts, parts),
    })),
    threads: counts.threads,
    obligations: counts.obligations,
    quarantined: counts.quarantined,
  }
}

/** A restore, and the peers that have not given back everything yet. */
function restoredLine({ restoredAtMs }: StatusParts, links: readonly PeerLink[]): object | null {
  if (restoredAtMs === null) return null
  const waited = links.filter(({ link }) => link?.awaited !== undefined)
  return { atMs: restoredAtMs, waitingFor: waited.map(({ peer }) => peer.name) }
}

/** A link whose row cannot be used: the next write mends it while the node holds it in memory. */
interface LinkDamage {
  readonly kind: "link-damaged"
  readonly peer: OrgId
}

function damagedLinks(links: readonly PeerLink[]): LinkDamage[] {
  return links.flatMap(({ peer, isDamaged }) =>
    isDamaged ? [{ kind: "link-damaged", peer: peer.org }] : [],
  )
}

/** Its statements are lost here: what it sent was given custody and cannot be opened. */
interface UnknownPeer {
  readonly kind: "peer-unknown"
  readonly peer: OrgId
}

function unknownPeers(strangers: readonly OrgId[]): UnknownPeer[] {
  return strangers.map((peer) => ({ kind: "peer-unknown", peer }))
}

function named(
  alarm: NodeAlarm | LinkDamage | UnknownPeer,
  nameOf: StatusParts["nameOf"],
  links: readonly PeerLink[],
): object {
  if (!("peer" in alarm)) return alarm
  const called = { ...alarm, peerName: nameOf(alarm.peer) }
  if (alarm.kind !== "link-silent") return called
  // Silence is counted from the link's beginning where nothing was ever heard.
  const link = links.find(({ peer }) => peer.org === alarm.peer)?.link
  return { ...called, wasHeard: heardAtMs(link) !== null }
}

/** When anything sealed by the peer last came; nothing has before something is held. */
function heardAtMs(link: Link | undefined): number | null {
  return link === undefined || link.held.length === 0 ? null : link.heardAtMs
}

function linkLine({ peer: { org, name }, link, terms }: PeerLink, nowMs: number): object {
  const peer = { peer: org, name }
  if (link === undefined) {
    return { ...peer, heardAtMs: null, sealedAtMs: null, isSilent: false, gaps: 0, unheld: 0 }
  }
  const { intervalMs, policy } = terms
  return {
    ...peer,
    heardAtMs: heardAtMs(link),
    sealedAtMs: link.sealedAtMs,
    isSilent: isSilent(link, { intervalMs, slackMs: policy.custodyMs, nowMs }),
    gaps: gapCount(link),
    unheld: unheldCount(link),
  }
}

/** What waits to leave, and why it did not yet where somebody was asked. */
function waitingLine(
  { peer: { org, carriage } }: PeerLink,
  counts: DeskCounts,
  { failingTo }: StatusParts,
): object {
  const { carrier } = carriage
  const outbox = outboxOf(counts, org)
  const isFailing = carrier === "https" && Object.values(outbox).some((items) => items > 0)
  return { carrier, outbox, failing: isFailing ? (failingTo(org) ?? null) : null }
}

function outboxOf({ outbox }: DeskCounts, peer: OrgId): Record<string, number> {
  const items = (lane: number) =>
    outbox.find((it) => it.peer === peer && it.lane === lane)?.items ?? 0
  return Object.fromEntries(
    precedences.codes.map((it) => [it, items(precedences.entries[it].lane)]),
  )
}
