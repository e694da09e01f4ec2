/**
 * The list of peers that counts: on stable storage first, then for whoever looks somebody up.
 *
 * Lists are taken one after another, so that what is looked up is what was stored last.
 */

import type { Diagnostics, ListAnswer, OfferedList } from "@tearline/core"
import type { GatewayPeer, GatewayStore } from "@tearline/store/gateway"

import type { Peers } from "./peers.ts"

export interface PeerListParts {
  readonly store: Pick<GatewayStore, "replacePeers">
  readonly peers: Peers
  /** What departures knew of peers may have changed. */
  readonly onReplaced: () => void
  readonly diagnostics: Diagnostics
}

export class PeerList {
  readonly #parts: PeerListParts
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: PeerListParts) {
    this.#parts = parts
  }

  /** Throws StoreError: whether the list is stored is then not known, and it must come again. */
  take(offered: OfferedList, peers: readonly GatewayPeer[]): Promise<ListAnswer> {
    const taken = this.#last.then(() => this.#take(offered, peers))
    this.#last = taken.catch(() => undefined)
    return taken
  }

  async #take(offered: OfferedList, peers: readonly GatewayPeer[]): Promise<ListAnswer> {
    const { store, onReplaced, diagnostics } = this.#parts
    const answer = await store.replacePeers(offered, peers)
    if (answer.kind === "taken") {
      this.#parts.peers.replace(peers)
      onReplaced()
      diagnostics("info", "peers_replaced", { peers: peers.length })
    } else diagnostics("info", "peers_superseded", {})
    return answer
  }
}
