/** A long run as worlds of a year each: independent of one another, and so of who runs them. */

import type { SimulationOptions } from "../world/simulation.ts"

/** What a run is made of. One of more than a year is split into worlds, in which `trace` is no use. */
export interface RunOptions extends Omit<SimulationOptions, "onMonth"> {
  /** Years of one world at most; 1 unless said otherwise. */
  readonly worldYears?: number
}

/** One world of a run; runs alone in a thread of its own. */
export type WorldOptions = Omit<RunOptions, "worldYears">

/** Of so many worlds one has sticks and folders, which cost half as much again. */
const carriedEvery = 4

/**
 * The worlds of a run, in the order in which they are put together. The first of every four has
 * sticks and folders; in the others nothing that these do is in the way of the rest.
 */
export function worldsOf({ worldYears = 1, ...options }: RunOptions): readonly WorldOptions[] {
  const { seed, years } = options
  if (years <= worldYears) return [options]
  const count = Math.ceil(years / worldYears - 1e-9)
  return Array.from({ length: count }, (_, at) => ({
    ...options,
    seed: `${seed}/${at + 1}`,
    years: Math.min(worldYears, years - at * worldYears),
    isLinedOnly: options.isLinedOnly === true || at % carriedEvery !== 0,
  }))
}
