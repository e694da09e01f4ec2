/**
 * What carriage asks of the world: timers, spread, the outbox, and somebody to hand a unit to.
 *
 * The exchange and the gateway implement these over sockets and a database, the simulator over a
 * schedule and a disk that fail on purpose; what is tried again when, and what may be forgotten, is
 * decided in this folder alone.
 */

import type { OutboxItem } from "../exchange/ports.ts"
import type { OrgId } from "../ids.ts"
import type { Custody } from "../messages/statement.ts"

/** One thing to do later. Delays are of a clock that runs evenly and never back. */
export interface Timers {
  /** Runs once after `delayMs`; the answer takes it back. */
  after(delayMs: number, run: () => void): () => void
}

/** A number from 0 up to 1, so that those who wait do not all come back at once. */
export type Spread = () => number

/** The durable queue of what is to leave; see `enqueue` and `dequeue` among the writes. */
export interface Outbox {
  /**
   * Takes free items for this process, the most urgent first; for the peers in `full` FLASH alone,
   * since anything else would be given straight back.
   */
  claim(limit: number, full: readonly OrgId[]): Promise<readonly OutboxItem[]>
  /** Gives items back, free again after `delayMs`. */
  release(ids: readonly string[], delayMs: number): Promise<void>
  /** Holds items for another lease; answers those that were still ours. */
  renewLease(ids: readonly string[]): Promise<readonly string[]>
  /** The item with this id, whoever holds it. */
  find(id: string): Promise<OutboxItem | undefined>
}

/** What came of handing over one unit. */
export type Departed =
  | { readonly kind: "custody"; readonly custody: Custody; readonly receipt: Uint8Array }
  | { readonly kind: "refused"; readonly code: string; readonly atMs: number }
  /** It lies where a carrier takes it from; what the peer answers comes back by itself. */
  | { readonly kind: "waiting" }
  /** Nobody has it: to be tried again. */
  | { readonly kind: "failed"; readonly code: string }
