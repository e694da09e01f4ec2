/** What an exchange has still to send, leased to whoever sends it; the core's outbox over it. */

import type { OrgId, Outbox, OutboxItem } from "@tearline/core"

import type { Life } from "../time/life.ts"
import type { Schedule } from "../time/schedule.ts"
import type { Damage } from "./damage.ts"
import type { OutboxRow } from "./exchange-rows.ts"
import type { Platter } from "./platter.ts"

export const leaseMs = 3 * 3_600_000

interface TableParts {
  readonly rows: Map<string, OutboxRow>
  readonly platter: Platter
  readonly damage: Damage
  readonly schedule: Schedule
}

export class OutboxTable {
  readonly #rows: Map<string, OutboxRow>
  readonly #platter: Platter
  readonly #damage: Damage
  readonly #schedule: Schedule

  constructor({ rows, platter, damage, schedule }: TableParts) {
    this.#rows = rows
    this.#platter = platter
    this.#damage = damage
    this.#schedule = schedule
  }

  portOf(life: Life, owner: string): Outbox {
    const free = (it: OutboxRow) => it.freeAtMs <= this.#schedule.nowMs
    return {
      claim: async (limit, full) => {
        if (![...this.#rows.values()].some(free)) return []
        return this.#platter.transact(
          life,
          () => [owner, limit, full],
          () => this.#claim(owner, limit, full),
        )
      },
      release: async (ids, delayMs) => {
        await this.#platter.transact(
          life,
          () => [owner, ids, delayMs],
          () => this.#hold(owner, ids, { owner: null, delayMs }),
        )
      },
      renewLease: (ids) =>
        this.#platter.transact(
          life,
          () => [owner, ids],
          () => this.#hold(owner, ids, { owner, delayMs: leaseMs }).map((it) => it.item.id),
        ),
      find: async (id) => {
        this.#platter.read()
        return this.#item(id)
      },
    }
  }

  /** Once at start: frees what an earlier run held. */
  takeBack(owner: string): void {
    const held = [...this.#rows.values()].filter((it) => it.owner === owner)
    for (const row of held) this.#setOutbox({ ...row, owner: null, freeAtMs: 0 })
  }

  replace(item: OutboxItem, by: OutboxItem): void {
    const row = this.#rows.get(item.id)
    if (row?.item === item) this.#setOutbox({ ...row, item: by })
  }

  enqueue(item: OutboxItem): void {
    if (this.#rows.has(item.id)) return
    // Leased from the start to whoever enqueues it.
    this.#setOutbox({ item, owner: "exchange", freeAtMs: this.#schedule.nowMs + leaseMs })
  }

  #setOutbox(row: OutboxRow): void {
    this.#platter.put(this.#rows, row.item.id, row)
  }

  #claim(owner: string, limit: number, full: readonly OrgId[]): OutboxItem[] {
    const { nowMs } = this.#schedule
    const free = [...this.#rows.values()]
      .filter((it) => it.freeAtMs <= nowMs)
      .filter(({ item }) => item.lane === 0 || !full.includes(item.peer))
      .toSorted((a, b) => a.item.lane - b.item.lane || a.freeAtMs - b.freeAtMs)
      .slice(0, limit)
    for (const { item } of free) this.#damage.mustHold(item)
    for (const row of free) this.#setOutbox({ ...row, owner, freeAtMs: nowMs + leaseMs })
    return free.map((it) => it.item)
  }

  #hold(
    owner: string,
    ids: readonly string[],
    to: { readonly owner: string | null; readonly delayMs: number },
  ): OutboxRow[] {
    const freeAtMs = this.#schedule.nowMs + to.delayMs
    const rows = ids.map((id) => this.#rows.get(id)).filter((it) => it !== undefined)
    const ours = rows.filter((it) => it.owner === owner)
    for (const row of ours) this.#setOutbox({ ...row, owner: to.owner, freeAtMs })
    return ours
  }

  #item(id: string): OutboxItem | undefined {
    const item = this.#rows.get(id)?.item
    if (item !== undefined) this.#damage.mustHold(item)
    return item
  }
}
