/**
 * Why what goes to a peer does not get there: the code under which the latest attempt failed, until
 * one gets through. A person asks it of the status; carriage itself goes on by what the outbox
 * holds.
 */

import type { Departed, OrgId } from "@tearline/core"

export class DepartureTrouble {
  readonly #codes = new Map<OrgId, string>()

  note(peer: OrgId, departed: Departed): void {
    switch (departed.kind) {
      case "failed":
        this.#codes.set(peer, departed.code)
        return
      case "custody":
      case "refused":
        this.#codes.delete(peer)
        return
      case "waiting":
        // Nobody has been asked yet.
        return
    }
  }

  codeOf(peer: OrgId): string | undefined {
    return this.#codes.get(peer)
  }
}
