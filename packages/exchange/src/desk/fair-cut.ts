/** Which lines are kept of a list that is too long: the most urgent, and never all of one peer. */

import { precedences } from "@tearline/core"

export interface Urgent {
  readonly peer: string
  readonly precedence: string
  readonly threatToLife: boolean
  readonly dueMs: number
}

/**
 * Threats to life first, then by precedence, then by due time. One peer has half of the places at
 * most, until every line of the others has one: what is urgent is the sender's own word.
 */
export function fairCut<Line extends Urgent>(lines: readonly Line[], max: number): readonly Line[] {
  const places = new Map<string, number>()
  const first: Line[] = []
  const over: Line[] = []
  for (const line of lines.toSorted(byUrgency)) {
    const place = places.get(line.peer) ?? 0
    places.set(line.peer, place + 1)
    const part = place < Math.floor(max / 2) ? first : over
    part.push(line)
  }
  return [...first, ...over].slice(0, max)
}

const codes: readonly string[] = precedences.codes

/** What is not known here counts as the most urgent. */
function byUrgency(a: Urgent, b: Urgent): number {
  return (
    Number(b.threatToLife) - Number(a.threatToLife) ||
    codes.indexOf(a.precedence) - codes.indexOf(b.precedence) ||
    a.dueMs - b.dueMs
  )
}
