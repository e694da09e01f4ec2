/** What a gateway keeps: what it holds, what it has refused, and what its exchange has taken. */

import type {
  Digest,
  GatewayJournal,
  GatewayWrite,
  HeldArrival,
  RefusedArrival,
} from "@tearline/core"

import type { Life } from "../time/life.ts"
import type { Random } from "../time/random.ts"
import { CarriedTable } from "./carried-table.ts"
import { Damage, type Target } from "./damage.ts"
import type { Platter } from "./platter.ts"

export class GatewayDisk {
  readonly platter: Platter
  readonly arrivals = new Map<Digest, HeldArrival>()
  readonly untaken = new Map<Digest, HeldArrival>()
  readonly refused: RefusedArrival[] = []
  readonly damage = new Damage()
  /** What travels by file. */
  readonly carried: CarriedTable
  onHeld: (arrival: HeldArrival) => void = () => undefined

  constructor(platter: Platter) {
    this.platter = platter
    this.carried = new CarriedTable(platter)
  }

  journal(life: Life): GatewayJournal {
    return {
      custodyOf: async (digest) => {
        this.platter.read()
        const row = this.arrivals.get(digest)
        if (row !== undefined) this.damage.mustHold(row)
        return row?.custody
      },
      commit: (writes) =>
        this.platter.transact(
          life,
          () => writes,
          () => writes.forEach((it) => this.#apply(it)),
        ),
    }
  }

  /** Most urgent first, oldest first within a lane. */
  async readUntaken(limit: number, excluding: readonly Digest[]): Promise<readonly HeldArrival[]> {
    this.platter.read()
    const out = new Set(excluding)
    const rows = [...this.untaken.values()].filter((it) => !out.has(it.digest))
    const chosen = rows.toSorted((a, b) => a.lane - b.lane || a.atMs - b.atMs).slice(0, limit)
    for (const it of chosen) this.damage.mustHold(it)
    return chosen
  }

  markTaken(life: Life, digests: readonly Digest[]): Promise<void> {
    return this.platter.transact(
      life,
      () => digests,
      () => {
        for (const digest of digests) this.platter.remove(this.untaken, digest)
      },
    )
  }

  /** One that waits for the exchange, or came lately: a retry asks for its receipt. */
  target(random: Random): Target<HeldArrival> | undefined {
    const isWaiting = this.untaken.size > 0 && random.isLucky(0.7)
    const rows = [...(isWaiting ? this.untaken : this.arrivals).values()].slice(-100)
    if (rows.length === 0) return undefined
    const row = random.pick(rows)
    return {
      kind: "arrival",
      key: row.digest,
      row,
      bytes: [row.unit, row.custody],
      withBytes: ([unit = row.unit, custody = row.custody]) => ({ ...row, unit, custody }),
      replace: (it, by) => {
        for (const table of [this.arrivals, this.untaken]) {
          if (table.get(it.digest) === it) this.platter.put(table, it.digest, by)
        }
      },
    }
  }

  #apply(write: GatewayWrite): void {
    if (write.kind === "refused") {
      this.platter.append(this.refused, write)
      this.platter.noteTime(write.atMs)
      return
    }
    this.platter.noteTime(write.atMs)
    if (this.arrivals.has(write.digest)) return
    this.platter.put(this.arrivals, write.digest, write)
    this.platter.put(this.untaken, write.digest, write)
    this.onHeld(write)
  }
}
