/** Each link that a sign of life is owed on, with the terms on which it is. */

import { builtInPolicy, type AliveTerms, type Link, type OrgId } from "@tearline/core"
import type { ExchangeStore } from "@tearline/store/exchange"

import type { Peer, Peers } from "../peers.ts"

export interface LinkParts {
  readonly own: OrgId
  readonly store: Pick<ExchangeStore, "links">
  readonly peers: Pick<Peers, "all">
}

export interface PeerLink {
  readonly peer: Peer
  /** Absent until something was sent or heard. */
  readonly link: Link | undefined
  readonly terms: AliveTerms
}

/** One for each peer, by what the two sides agreed. */
export async function peerLinks(parts: LinkParts): Promise<readonly PeerLink[]> {
  const stored = await parts.store.links()
  const byPeer = new Map(stored.map(({ link }) => [link.peer, link]))
  return parts.peers.all().map((peer) => {
    const { heartbeatMs: intervalMs, withinMs } = peer.carriage
    // A sign of life may be on its way as long as anything else.
    const custodyMs = withinMs ?? builtInPolicy.custodyMs
    const terms = { own: parts.own, intervalMs, policy: { custodyMs } }
    return { peer, link: byPeer.get(peer.org), terms }
  })
}

/** Those on which something is owed: nothing is said to a peer whose key is frozen. */
export function watchedLinks(
  links: readonly PeerLink[],
): readonly { readonly link: Link; readonly terms: AliveTerms }[] {
  return links.flatMap(({ peer, link, terms }) =>
    link === undefined || peer.isFrozen ? [] : [{ link, terms }],
  )
}
