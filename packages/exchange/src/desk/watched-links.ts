/** Each link that a sign of life is owed on, with the terms on which it is. */

import { builtInPolicy, type AliveTerms, type Link, type OrgId } from "@tearline/core"
import type { ExchangeStore } from "@tearline/store/exchange"

import { codeOf } from "../exchange-error.ts"
import type { Peer, Peers } from "../peers.ts"

export interface LinkParts {
  readonly own: OrgId
  readonly store: Pick<ExchangeStore, "link" | "links">
  readonly peers: Pick<Peers, "all">
}

export interface PeerLink {
  readonly peer: Peer
  /** Absent until something was sent or heard. */
  readonly link: Link | undefined
  /** What is stored of it cannot be used. */
  readonly isDamaged: boolean
  readonly terms: AliveTerms
}

/** One for each peer, by what the two sides agreed. */
export async function peerLinks(parts: LinkParts): Promise<readonly PeerLink[]> {
  const { byPeer, damaged } = await readable(parts)
  return parts.peers.all().map((peer) => {
    const { heartbeatMs: intervalMs, withinMs } = peer.carriage
    // A sign of life may be on its way as long as anything else.
    const custodyMs = withinMs ?? builtInPolicy.custodyMs
    const terms = { own: parts.own, intervalMs, policy: { custodyMs } }
    return { peer, link: byPeer.get(peer.org), isDamaged: damaged.has(peer.org), terms }
  })
}

interface Readable {
  readonly byPeer: ReadonlyMap<OrgId, Link>
  readonly damaged: ReadonlySet<OrgId>
}

/** All at once; one by one where one is damaged, so that it takes nothing but itself out of sight. */
async function readable({ store, peers }: LinkParts): Promise<Readable> {
  const byPeer = new Map<OrgId, Link>()
  const damaged = new Set<OrgId>()
  try {
    for (const { link } of await store.links()) byPeer.set(link.peer, link)
  } catch (error) {
    if (codeOf(error) !== "corrupt") throw error
    for (const { org } of peers.all()) {
      const link = await linkTo(store, org)
      if (link === "damaged") damaged.add(org)
      else if (link !== undefined) byPeer.set(org, link)
    }
  }
  return { byPeer, damaged }
}

async function linkTo(
  store: LinkParts["store"],
  org: OrgId,
): Promise<Link | "damaged" | undefined> {
  try {
    return (await store.link(org))?.link
  } catch (error) {
    if (codeOf(error) !== "corrupt") throw error
    return "damaged"
  }
}

/** Those on which something is owed: nothing is said to a peer whose key is frozen. */
export function watchedLinks(
  links: readonly PeerLink[],
): readonly { readonly link: Link; readonly terms: AliveTerms }[] {
  return links.flatMap(({ peer, link, terms }) =>
    link === undefined || peer.isFrozen ? [] : [{ link, terms }],
  )
}
