/** The word that a mistyped one most likely meant. */

/** The nearest of `names`, or undefined when none is near enough to be worth a guess. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const begun = typed.length > 2 ? names.find((it) => it.startsWith(typed)) : undefined
  const [best] = names
    .map((name) => ({ name, edits: editsBetween(typed.toLowerCase(), name) }))
    .toSorted((a, b) => a.edits - b.edits)
  const isNear = best !== undefined && best.edits <= Math.max(1, Math.floor(best.name.length / 3))
  return isNear ? best.name : begun
}

/** Letters to be put in, taken out or changed. */
function editsBetween(left: string, right: string): number {
  let above = Array.from({ length: right.length + 1 }, (_, at) => at)
  for (let row = 0; row < left.length; row += 1) {
    const current = [row + 1]
    for (let at = 0; at < right.length; at += 1) {
      const changed = (above[at] ?? 0) + (left[row] === right[at] ? 0 : 1)
      current.push(Math.min(changed, (above[at + 1] ?? 0) + 1, (current[at] ?? 0) + 1))
    }
    above = current
  }
  return above[right.length] ?? 0
}
