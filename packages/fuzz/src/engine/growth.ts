/**
 * Whether cost grows faster than length: the same kind of input at two lengths, the one eight times
 * the other. What is quadratic takes sixty-four times as long.
 */

import type { Target } from "../target.ts"

const counts = { few: 512, many: 4_096 }
/** Eight times the length may cost this many times as much: room for caches and collections. */
const ratioMax = 28
/** Below this, noise is larger than what is measured. */
const measurableMs = 6
/** What the clock of a thread's own time can tell apart: a tick counts wholly or not at all. */
const clockMs = 1
const triesOfEach = 3
/** A busy machine is not a steep decoder: it must be steep every time. */
const triesOfAll = 4

async function leastMs(target: Target, input: Uint8Array): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < triesOfEach; tries += 1) {
    const before = process.threadCpuUsage()
    try {
      await target.run(input)
    } catch {
      // Whether it is right to throw is asked elsewhere; here only what it costs.
    }
    const { user, system } = process.threadCpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

export interface Steep {
  readonly reason: string
  readonly input: Uint8Array
}

/** The longest input of a family whose cost grows out of proportion; undefined when none does. */
export async function steepness(target: Target, onBreath: () => void): Promise<Steep | undefined> {
  const { grown } = target
  if (grown === undefined) return undefined
  const input = grown(counts.many)
  for (let tries = 0; tries < triesOfAll; tries += 1) {
    onBreath()
    const [short, long] = [await leastMs(target, grown(counts.few)), await leastMs(target, input)]
    if (long < measurableMs || long / Math.max(short, clockMs) <= ratioMax) return undefined
  }
  return { reason: "cost grows faster than length", input }
}
