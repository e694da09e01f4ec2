/**
 * Which numbers of a lane are here: all up to one, and runs of others beyond the first gap.
 *
 * A number that was refused is never held, so that a gap may stay for ever; runs keep what lies
 * beyond it as short as the number of gaps, whatever a peer sends, and for however many years.
 */

import { assert } from "../assert.ts"
import type { LaneHeld } from "../messages/heartbeat.ts"

/** Numbers from the first to the last, both among them. */
type Run = LaneHeld["beyond"][number]

/** Runs kept of one lane at most. A number beyond them is forgotten: less is told than is held. */
const runsKeptMax = 1_000

function touching({ upTo, beyond }: Pick<LaneHeld, "upTo" | "beyond">) {
  const runs: Run[] = []
  let first = upTo
  for (const [from, to] of beyond.toSorted((a, b) => a[0] - b[0])) {
    const last = runs.at(-1)
    if (to < from) continue
    if (from > (last?.[1] ?? first) + 1) runs.push([from, to])
    else if (last === undefined) first = Math.max(first, to)
    else runs.splice(-1, 1, [last[0], Math.max(last[1], to)])
  }
  return { upTo: first, beyond: runs.slice(0, runsKeptMax) }
}

/** The row with `number` in it too. */
export function taken(held: LaneHeld, number: number): LaneHeld {
  if (holds(held, number)) return held
  // The next one, as nearly always.
  if (number === held.upTo + 1 && held.beyond.length === 0) return { ...held, upTo: number }
  const after = { ...held, ...touching({ ...held, beyond: [...held.beyond, [number, number]] }) }
  assert(after.upTo >= held.upTo, "what is held stays held")
  assert((after.beyond[0]?.[0] ?? Infinity) > after.upTo + 1, "what is beyond a gap is above it")
  return after
}

/** Both rows in one; only numbers up to `last` count, whatever was told. */
export function joined(before: LaneHeld, told: LaneHeld, last: number): LaneHeld {
  const given = (to: number) => Math.min(last, to)
  const beyond = [...before.beyond, ...told.beyond].map(([from, to]): Run => [from, given(to)])
  const upTo = given(Math.max(before.upTo, told.upTo))
  return { ...before, ...touching({ upTo, beyond }) }
}

export function holds({ upTo, beyond }: LaneHeld, number: number): boolean {
  return number <= upTo || beyond.some(([from, to]) => from <= number && number <= to)
}

/** The highest number that is here, 0 where none is. */
export function lastOf({ upTo, beyond }: LaneHeld): number {
  return beyond.at(-1)?.[1] ?? upTo
}

/** How many numbers are missing below one that is here. */
export function missingBelow({ upTo, beyond }: LaneHeld): number {
  const last = beyond.at(-1)?.[1] ?? upTo
  return beyond.reduce((left, [from, to]) => left - (to - from + 1), last - upTo)
}

/** Numbers missing below one that is here, the lowest, and not more than `limit`. */
export function missingOf({ upTo, beyond }: LaneHeld, limit: number): number[] {
  const missing: number[] = []
  let next = upTo + 1
  for (const [from, to] of beyond) {
    for (; next < from && missing.length < limit; next += 1) missing.push(next)
    next = to + 1
  }
  return missing
}
