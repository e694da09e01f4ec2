/**
 * How long each thing may take: the one place from which due times come.
 *
 * A policy is data with a hash; a circle has its own, countersigned. Until circles exist every
 * warning carries the hash of the built-in one; an unknown hash means the built-in and an alarm
 * (`alarmsOf`).
 */

import type { OutcomePoint } from "./messages/closing.ts"
import type { Precedence } from "./vocabulary/precedence.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** All durations in milliseconds. */
export interface Policy {
  readonly name: string
  readonly version: number
  readonly custodyMs: number
  readonly unsealedMs: number
  readonly readMs: Readonly<Record<Precedence, number>>
  /** Owning and reading back, as a multiple of reading. */
  readonly ownFactor: number
  readonly actMs: number
  readonly outcomeMs: Readonly<Record<OutcomePoint, number>>
  readonly relayThanksMs: number
  readonly publicLineMs: number
  readonly heartbeatMs: number
  /** No cap falls sooner than this after its start. */
  readonly capFloorMs: number
  /** A stated time further than this from custody is doubtful; then custody counts. */
  readonly doubtMs: number
}

/** Defaults of spec/threads.md 5 and 6. */
export const builtInPolicy: Policy = {
  name: "built-in",
  version: 1,
  custodyMs: 2 * minute,
  unsealedMs: 5 * minute,
  readMs: { FLASH: 15 * minute, IMMEDIATE: hour, PRIORITY: 8 * hour, ROUTINE: 3 * day },
  ownFactor: 2,
  actMs: 3 * day,
  outcomeMs: { "24h": day, "30d": 30 * day, "180d": 180 * day },
  relayThanksMs: 7 * day,
  publicLineMs: day,
  heartbeatMs: hour,
  capFloorMs: 5 * minute,
  doubtMs: hour,
}
