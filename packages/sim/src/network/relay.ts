/** A relay that does what it likes with units: at most it can delay them. */

import type { Random } from "../time/random.ts"
import type { Schedule } from "../time/schedule.ts"
import type { Line } from "./network.ts"

export interface Relay {
  readonly untilMs: number
  /** What it has seen pass, to bring again. */
  readonly seen: Uint8Array[]
}

interface RelayParts {
  readonly schedule: Schedule
  readonly random: Random
  readonly see: (rare: string) => void
  readonly line: Line
}

interface Carried {
  readonly unit: Uint8Array
  readonly delayMs: number
}

type Trick = (relay: Relay, parts: RelayParts, unit: Uint8Array) => readonly Carried[]

const hour = 3_600_000

const hold: Trick = (_relay, { random, see }, unit) => {
  see("relay holds a unit back")
  return [{ unit, delayMs: random.spread(1_000, 60 * hour) }]
}

const truncate: Trick = (_relay, { random, see }, unit) => {
  see("relay truncates a unit")
  return [{ unit: unit.subarray(0, random.below(unit.length)), delayMs: 100 }]
}

const flip: Trick = (_relay, { random, see }, unit) => {
  see("relay flips a bit")
  const changed = unit.slice()
  const at = random.below(changed.length)
  // Never the top bit, so that the text stays text and the signature is what notices.
  changed[at] = (changed[at] ?? 0) ^ (1 << random.below(7))
  return [{ unit: changed, delayMs: 100 }]
}

const replay: Trick = ({ seen }, { random, see }, unit) => {
  see("relay replays an old unit")
  return [
    { unit, delayMs: 100 },
    { unit: random.pick(seen), delayMs: random.spread(10, 40 * hour) },
  ]
}

const reorder: Trick = (_relay, { random, see }, unit) => {
  see("relay reorders units")
  return [{ unit, delayMs: random.between(100, 14_000) }]
}

const tricks: readonly { readonly weight: number; readonly play: Trick }[] = [
  { weight: 3, play: hold },
  { weight: 1, play: truncate },
  { weight: 1, play: flip },
  { weight: 2, play: replay },
  { weight: 4, play: reorder },
]

/** What of a unit leaves the relay, and when. */
export function relayed(relay: Relay, parts: RelayParts, unit: Uint8Array): readonly Carried[] {
  if (relay.seen.length === 0) parts.see("byzantine relay on a line")
  relay.seen.push(unit)
  if (relay.seen.length > 50) relay.seen.shift()
  return parts.random.weighted(tricks).play(relay, parts, unit)
}
