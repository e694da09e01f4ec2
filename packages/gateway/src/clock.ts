import type { Clock } from "@tearline/core"

/**
 * The system's clock, made monotone: it starts at wall time (or at `notBeforeMs`, if that is later)
 * and then runs on the machine's uptime, so that setting the wall clock moves nothing.
 */
export function systemClock(notBeforeMs = 0): Clock {
  const anchorMs = Math.max(Date.now(), notBeforeMs) - performance.now()
  return { nowMs: () => Math.floor(anchorMs + performance.now()) }
}
