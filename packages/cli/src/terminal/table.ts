/** Plain tables: columns two spaces apart, no lines, nothing that a pipe or a narrow screen breaks. */

import { stripVTControlCharacters } from "node:util"

import { widthOf } from "./plain.ts"

/** The rows as lines; the last column is not padded. Cells are already safe to print. */
export function table(rows: readonly (readonly string[])[], indent = ""): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => cellWidth(row[column] ?? ""))),
  )
  return rows.map((row) => {
    const cells = row.map((cell, column) => padded(cell, widths[column] ?? 0))
    return `${indent}${cells.join("  ")}`.trimEnd()
  })
}

function cellWidth(cell: string): number {
  return widthOf(stripVTControlCharacters(cell))
}

function padded(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - cellWidth(cell)))
}

/** A paragraph broken into lines of at most `columns`. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(/\s+/)) {
    if (line !== "" && widthOf(line) + widthOf(word) + 1 > columns) {
      lines.push(line)
      line = word
    } else {
      line = line === "" ? word : `${line} ${word}`
    }
  }
  return line === "" ? lines : [...lines, line]
}
