/**
 * The node's own clock over a wall clock that a trial sets wrong.
 *
 * Nobody may set the clock of a machine that has other work. So gateway and exchange run their own
 * programs with the clock code of production, over the machine's uptime and a wall clock that is
 * off by what the trial says. The database server keeps the machine's time: nothing is decided by
 * it.
 */

import { type NodeClock, nodeClock } from "@tearline/core"

/** How far the wall clock is off before the first message says otherwise, in milliseconds. */
export const offsetVariable = "TEARLINE_TRIAL_CLOCK"

/** What a trial says: how far the wall clock is off from now on. */
export interface Offset {
  readonly offsetMs: number
}

/** Steps whenever the trial says so, from the start of the process on. */
export function wrongClock(): NodeClock {
  let offsetMs = Number(process.env[offsetVariable] ?? "0")
  process.on("message", (message) => {
    offsetMs = (message as Offset).offsetMs
  })
  return nodeClock({
    wallMs: () => Date.now() + offsetMs,
    uptimeMs: () => performance.now(),
  })
}
