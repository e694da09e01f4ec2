/**
 * How busy a month is.
 *
 * The first month of a year is full: officers do all that they can, and a fault comes every four
 * minutes. In the others most warnings are read and no more comes of them, as in life, and faults
 * come every seven minutes: so more years are lived through in the same time, and what needs years
 * rather than bustle is seen too.
 */

const minute = 60_000

export interface Season {
  /** How long from one fault to the next, on average. */
  readonly faultEveryMs: number
  /** How much of what officers do beyond reading they do now, from 0 to 1. */
  readonly zeal: number
  /** Before every so many faults what is owed is looked at in each thread that has changed. */
  readonly watchEvery: number
  /** Whether the drill before the reckoning has its backlog of hundreds. */
  readonly hasBacklog: boolean
}

export const fullSeason: Season = {
  faultEveryMs: 4 * minute,
  zeal: 1,
  watchEvery: 1,
  hasBacklog: true,
}
const quietSeason: Season = {
  faultEveryMs: 7 * minute,
  zeal: 0.1,
  watchEvery: 4,
  hasBacklog: false,
}
const fullEvery = 12
const backlogEvery = 3

/** `month` counts from 0. */
export function seasonOf(month: number): Season {
  if (month % fullEvery === 0) return fullSeason
  return { ...quietSeason, hasBacklog: month % backlogEvery === 0 }
}
