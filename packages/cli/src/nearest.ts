/** The name that a mistyped one most likely meant. */

/** The nearest of the names, or `undefined` when none is near enough to be worth a guess. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: distance(typed.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)
  const best = ranked[0]
  if (best === undefined) return undefined
  const isNear = best.distance <= Math.max(1, Math.floor(best.name.length / 3))
  return isNear || (typed.length > 2 && best.name.startsWith(typed)) ? best.name : undefined
}

/** ` (did you mean "x"?)`-style hint, or another hint when nothing is near. */
export function nearestHint(typed: string, names: readonly string[], otherwise: string): string {
  const name = nearest(typed, names)
  return name === undefined ? otherwise : `did you mean ${name}? ${otherwise}`
}

/** Edits between two words; two neighbours exchanged count as one (optimal string alignment). */
function distance(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, index) => index)]
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      current.push(cheapest({ left, right, row, column }, [...rows, current]))
    }
    rows.push(current)
  }
  return rows[left.length]?.[right.length] ?? 0
}

interface Cell {
  readonly left: string
  readonly right: string
  readonly row: number
  readonly column: number
}

function cheapest({ left, right, row, column }: Cell, rows: readonly number[][]): number {
  const at = (up: number, back: number): number =>
    rows[row - up]?.[column - back] ?? Number.POSITIVE_INFINITY
  const isSame = left[row - 1] === right[column - 1]
  const isSwapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
  return Math.min(
    at(1, 0) + 1,
    at(0, 1) + 1,
    at(1, 1) + (isSame ? 0 : 1),
    isSwapped ? at(2, 2) + 1 : Number.POSITIVE_INFINITY,
  )
}
