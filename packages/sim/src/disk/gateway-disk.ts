/** What a gateway keeps: what it holds, what it has refused, and what its exchange has taken. */

import type {
  Digest,
  GatewayJournal,
  GatewayWrite,
  HeldArrival,
  RefusedArrival,
} from "@tearline/core"

import type { Life } from "../time/life.ts"
import { CarriedTable } from "./carried-table.ts"
import { DiskError, type Platter } from "./platter.ts"

export class GatewayDisk {
  readonly platter: Platter
  readonly arrivals = new Map<Digest, HeldArrival>()
  readonly untaken = new Map<Digest, HeldArrival>()
  readonly refused: RefusedArrival[] = []
  /** Rows whose checksum does not hold; nothing of their page is read until they are mended. */
  readonly damaged = new Set<Digest>()
  /** What travels by file. */
  readonly carried: CarriedTable
  latestMs = 0
  onHeld: (arrival: HeldArrival) => void = () => undefined
  onCorrupt: (digest: Digest) => void = () => undefined

  constructor(platter: Platter) {
    this.platter = platter
    this.carried = new CarriedTable(platter)
  }

  journal(life: Life): GatewayJournal {
    return {
      custodyOf: async (digest) => {
        this.platter.read()
        return this.arrivals.get(digest)?.custody
      },
      commit: (writes) =>
        this.platter.transact(life, () => writes.forEach((it) => this.#apply(it))),
    }
  }

  /** Most urgent first, oldest first within a lane. */
  async readUntaken(limit: number, excluding: readonly Digest[]): Promise<readonly HeldArrival[]> {
    this.platter.read()
    const out = new Set(excluding)
    const rows = [...this.untaken.values()].filter((it) => !out.has(it.digest))
    const chosen = rows.toSorted((a, b) => a.lane - b.lane || a.atMs - b.atMs).slice(0, limit)
    for (const { digest } of chosen) this.#mustHold(digest)
    return chosen
  }

  markTaken(life: Life, digests: readonly Digest[]): Promise<void> {
    return this.platter.transact(life, () => {
      for (const digest of digests) this.platter.remove(this.untaken, digest)
    })
  }

  #mustHold(digest: Digest): void {
    if (!this.damaged.has(digest)) return
    this.onCorrupt(digest)
    throw new DiskError("corrupt", `the held arrival ${digest} is damaged`)
  }

  #apply(write: GatewayWrite): void {
    if (write.kind === "refused") {
      this.refused.push(write)
      return
    }
    this.latestMs = Math.max(this.latestMs, write.atMs)
    if (this.arrivals.has(write.digest)) return
    this.platter.put(this.arrivals, write.digest, write)
    this.platter.put(this.untaken, write.digest, write)
    this.onHeld(write)
  }
}
