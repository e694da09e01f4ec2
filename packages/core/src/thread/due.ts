/**
 * When a thing is due: fixed when it arises, from signed times and policy alone.
 *
 * Both sides compute the same due time without speaking, and a clock that jumps moves none. A
 * threat close at hand shortens every limit by `cap`, but never below the floor a person needs to
 * act at all.
 */

import type { Warning } from "../messages/warning.ts"
import type { Policy } from "../policy.ts"

/**
 * Start + `fraction` of the time left to the threat window, at least the policy's floor after
 * start. The window's earliest counts, its latest where there is no earliest; without both there is
 * no cap. All times in milliseconds.
 */
export function cap(
  warning: Warning,
  startMs: number,
  fraction: number,
  policy: Policy,
): number | undefined {
  const threatMs = warning.window?.earliestMs ?? warning.window?.latestMs
  if (threatMs === undefined) return undefined
  const shareMs = Math.floor(fraction * (threatMs - startMs))
  return startMs + Math.max(policy.capFloorMs, shareMs)
}

/** The sooner of `startMs + limitMs` and the cap. */
export function dueMs(startMs: number, limitMs: number, capMs: number | undefined): number {
  return Math.min(startMs + limitMs, capMs ?? Number.POSITIVE_INFINITY)
}
