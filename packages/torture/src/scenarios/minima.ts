/**
 * What a run must have done in order to have shown anything. A scenario whose faults never came
 * would hold as well as one whose nodes bore them.
 */

export interface Strikes {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** Row and column of what is dealt in turn, round after round. */
  readonly dealt: readonly (readonly [row: string, column: string])[]
  readonly at: (row: string, column: string) => number
}

/** Moments pass, so that not every round strikes what it was dealt: so much of that must be struck. */
const shareOfDealt = 1 / 6

/** A line for each row, column and dealt pair that was struck less often than it had to be. */
export function shortOf({ rows, columns, dealt, at }: Strikes, rounds: number): readonly string[] {
  const all = rows.flatMap((row) => columns.map((column) => [row, column] as const))
  const of = (what: string, isOf: (row: string, column: string) => boolean): readonly string[] => {
    const share = dealt.filter(([row, column]) => isOf(row, column)).length / dealt.length
    const least = Math.floor(rounds * share * shareOfDealt)
    const struck = all.filter(([row, column]) => isOf(row, column))
    const times = struck.reduce((sum, [row, column]) => sum + at(row, column), 0)
    return times < least ? [`${what}: struck ${times} times, and not ${least}`] : []
  }
  return [
    ...rows.flatMap((it) => of(it, (row) => row === it)),
    ...columns.flatMap((it) => of(it, (_, column) => column === it)),
    ...dealt.flatMap(([row, column]) =>
      of(`${row}, ${column}`, (inRow, inColumn) => inRow === row && inColumn === column),
    ),
  ]
}

/** A line for each of these that never came about. */
export function neverMet(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts]
    .filter(([, count]) => count === 0)
    .map(([what]) => `${what}: it never happened`)
}
