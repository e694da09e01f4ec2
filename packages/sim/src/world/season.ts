/**
 * How busy a month is.
 *
 * The first month and every fourth after it are full: officers do all that they can, and a fault
 * comes every four minutes. In the others most warnings are read and no more comes of them, as in
 * life, and faults come every six minutes: so more years are lived through in the same time, and
 * what needs years rather than bustle is seen too.
 */

const minute = 60_000

export interface Season {
  /** How long from one fault to the next, on average. */
  readonly faultEveryMs: number
  /** How much of what officers do beyond reading they do now, from 0 to 1. */
  readonly zeal: number
}

export const fullSeason: Season = { faultEveryMs: 4 * minute, zeal: 1 }
const quietSeason: Season = { faultEveryMs: 6 * minute, zeal: 0.1 }
const fullEvery = 4

/** `month` counts from 0. */
export function seasonOf(month: number): Season {
  return month % fullEvery === 0 ? fullSeason : quietSeason
}
