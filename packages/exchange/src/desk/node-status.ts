/**
 * How the node is: each link with its silence, gaps and queue; how much is owed; what is
 * quarantined.
 */

import {
  builtInPolicy,
  gapsOf,
  isSilent,
  precedences,
  type Clock,
  type OrgId,
  type StoredLink,
} from "@tearline/core"
import type { DeskCounts, ExchangeStore } from "@tearline/store/exchange"

import type { Peer, Peers } from "../peers.ts"

export interface StatusParts {
  readonly own: OrgId
  readonly ownName: string
  readonly store: Pick<ExchangeStore, "counts" | "links">
  readonly peers: Peers
  readonly clock: Clock
  readonly heartbeatMs: number
  readonly isConnected: () => boolean
  readonly isClockSuspect: () => boolean
}

export async function nodeStatus(parts: StatusParts): Promise<object> {
  const nowMs = parts.clock.nowMs()
  const [counts, links] = await Promise.all([parts.store.counts(nowMs), parts.store.links()])
  const byPeer = new Map(links.map((it) => [it.link.peer, it]))
  return {
    org: parts.own,
    name: parts.ownName,
    status: parts.isConnected() ? "ready" : "no-gateway",
    nowMs,
    isClockSuspect: parts.isClockSuspect(),
    links: parts.peers.all().map((peer) => ({
      ...linkLine(peer, byPeer.get(peer.org), { nowMs, ownHeartbeatMs: parts.heartbeatMs }),
      outbox: outboxOf(counts, peer.org),
    })),
    threads: counts.threads,
    obligations: counts.obligations,
    quarantined: counts.quarantined,
  }
}

function linkLine(
  { org, name, heartbeatMs }: Peer,
  stored: StoredLink | undefined,
  { nowMs, ownHeartbeatMs }: { nowMs: number; ownHeartbeatMs: number },
): object {
  const peer = { peer: org, name }
  if (stored === undefined) {
    return { ...peer, heardAtMs: null, sealedAtMs: null, isSilent: false, gaps: 0 }
  }
  const { link } = stored
  // As long for the way as custody and unsealing may take together.
  const slackMs = builtInPolicy.custodyMs + builtInPolicy.unsealedMs
  const intervalMs = Math.min(heartbeatMs, ownHeartbeatMs)
  return {
    ...peer,
    heardAtMs: link.heardAtMs,
    sealedAtMs: link.sealedAtMs,
    isSilent: isSilent(link, { intervalMs, slackMs, nowMs }),
    gaps: gapsOf(link).length,
  }
}

function outboxOf({ outbox }: DeskCounts, peer: OrgId): Record<string, number> {
  const items = (lane: number) =>
    outbox.find((it) => it.peer === peer && it.lane === lane)?.items ?? 0
  return Object.fromEntries(
    precedences.codes.map((it) => [it, items(precedences.entries[it].lane)]),
  )
}
