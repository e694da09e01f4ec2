/**
 * What nobody attends to any more: a lease that is neither renewed nor given back, an arrival that
 * the gateway is never told of as taken. Sweeps, leases that run out and new connections heal all
 * of these hours late, so that the reckoning finds nothing.
 */

import type { Digest } from "@tearline/core"

import { leaseMs } from "../disk/outbox-table.ts"
import type { Organisation } from "../node/organisation.ts"

const minute = 60_000
const slackMs = 10 * minute

/** How long each may take at a node in which everything is well. */
export interface Patience {
  readonly renewMs: number
  readonly tellMs: number
}

/** One moment, and since when all has been well at a node. */
export interface Moment {
  readonly nowMs: number
  readonly wellSinceMs: number
}

/** What one run of an exchange has to attend to. */
export class Unattended {
  readonly #own: Organisation
  readonly #patience: Patience
  /** Taken in, and perhaps not yet known to the gateway. */
  readonly #untold = new Map<Digest, number>()

  constructor(own: Organisation, patience: Patience) {
    this.#own = own
    this.#patience = patience
  }

  /** Durable, and the gateway is to be told. */
  taken(digest: Digest, nowMs: number): void {
    if (!this.#untold.has(digest)) this.#untold.set(digest, nowMs)
  }

  /** What is left lying now, if anything. */
  fault(at: Moment): string | undefined {
    return this.#forgottenLease(at) ?? this.#untoldArrival(at)
  }

  /** An item of the outbox that is ours, and was not held again when it should have been. */
  #forgottenLease({ nowMs, wellSinceMs }: Moment): string | undefined {
    for (const { item, owner, freeAtMs } of this.#own.exchangeDisk.outbox.values()) {
      const leasedMs = freeAtMs - leaseMs
      if (owner === null || leasedMs <= wellSinceMs) continue
      if (nowMs - leasedMs < this.#patience.renewMs + slackMs) continue
      return `holds the lease of ${item.id} and has forgotten it`
    }
    return undefined
  }

  #untoldArrival({ nowMs, wellSinceMs }: Moment): string | undefined {
    for (const [digest, takenMs] of this.#untold) {
      if (!this.#own.gatewayDisk.untaken.has(digest)) this.#untold.delete(digest)
      else if (nowMs - Math.max(takenMs, wellSinceMs) > this.#patience.tellMs + slackMs) {
        return `has taken in ${digest} and does not tell its gateway`
      }
    }
    return undefined
  }
}
