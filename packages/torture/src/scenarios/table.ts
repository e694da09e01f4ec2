const cell = (text: string | number, under: string) => String(text).padStart(under.length)
const total = (values: readonly number[]) => values.reduce((sum, it) => sum + it, 0)

/** Counts by two things as a table; its sums stand at the edges. */
export function tableOf(
  rows: readonly string[],
  columns: readonly string[],
  at: (row: string, column: string) => number,
): readonly string[] {
  const width = Math.max(...rows.map((it) => it.length), "all".length)
  const line = (name: string, cells: readonly string[]) => [name.padEnd(width), ...cells].join("  ")
  const sum = "   all"
  return [
    line("", [...columns, sum]),
    ...rows.map((row) => {
      const counts = columns.map((column) => at(row, column))
      return line(row, [
        ...columns.map((it, i) => cell(counts[i] ?? 0, it)),
        cell(total(counts), sum),
      ])
    }),
    line("all", [
      ...columns.map((column) => cell(total(rows.map((row) => at(row, column))), column)),
      cell(total(rows.flatMap((row) => columns.map((column) => at(row, column)))), sum),
    ]),
  ]
}
