/** An insert of any number of rows as one named statement, described column by column. */

import type { Statement } from "./batch.ts"
import { type Cell, columnOf, type ColumnType, sqlType } from "./column.ts"

/** Where a column's values come from. */
export type Source<Row> = readonly [type: ColumnType, of: (row: Row) => Cell]

export interface InsertionOptions<Row> {
  readonly name: string
  readonly table: string
  readonly columns: Readonly<Record<string, Source<Row>>>
  /** Columns that the server fills, by SQL expression. */
  readonly computed?: Readonly<Record<string, string>>
  /** What follows the rows: `on conflict …`, or nothing, which makes a known key an error. */
  readonly onConflict?: string
}

/** The parameters of a statement that takes its rows as `unnest`ed columns. */
export function columnsOf<Row>(
  sources: readonly Source<Row>[],
  rows: readonly Row[],
): readonly Buffer[] {
  return sources.map(([type, of]) => columnOf(type, rows.map(of)))
}

/** `unnest($1::bytea[], …)` for these columns. */
export function unnested(sources: readonly Source<never>[]): string {
  return `unnest(${sources.map(([type], index) => `$${index + 1}::${sqlType(type)}`).join(", ")})`
}

/** Prepares the text once; the result makes a statement of some rows. */
export function insertion<Row>(
  options: InsertionOptions<Row>,
): (rows: readonly Row[]) => Statement {
  const names = Object.keys(options.columns)
  const sources = Object.values(options.columns)
  const computed = options.computed ?? {}
  const text =
    `insert into ${options.table} (${[...names, ...Object.keys(computed)].join(", ")}) ` +
    `select ${["*", ...Object.values(computed)].join(", ")} from ${unnested(sources)} ` +
    (options.onConflict ?? "")
  return (rows) => ({ name: options.name, text, values: columnsOf(sources, rows) })
}
