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

/** Moments pass, so that not every round strikes what it was dealt: a part of an even share. */
const shareOfEven = 1 / 3

/** A line for each row, column and dealt pair that was struck less often than it had to be. */
export function shortOf({ rows, columns, dealt, at }: Strikes, rounds: number): readonly string[] {
  const share = (count: number) => Math.floor((rounds * shareOfEven) / count)
  const sum = (of: readonly (readonly [string, string])[]) =>
    of.reduce((total, [row, column]) => total + at(row, column), 0)
  const inRow = (row: string) => columns.map((column) => [row, column] as const)
  const inColumn = (column: string) => rows.map((row) => [row, column] as const)
  const columnsDealt = [...new Set(dealt.map(([, column]) => column))]
  return [
    ...short(rows, (row) => sum(inRow(row)), share(rows.length)),
    ...short(columnsDealt, (column) => sum(inColumn(column)), share(columnsDealt.length)),
    ...short(dealt, ([row, column]) => at(row, column), share(dealt.length)),
  ]
}

function short<Of extends string | readonly string[]>(
  all: readonly Of[],
  times: (of: Of) => number,
  least: number,
): readonly string[] {
  return all
    .filter((it) => times(it) < least)
    .map((it) => `${[it].flat().join(", ")}: struck ${times(it)} times, and not ${least}`)
}

/** A line for each of these that never came about. */
export function neverMet(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts]
    .filter(([, count]) => count === 0)
    .map(([what]) => `${what}: it never happened`)
}
