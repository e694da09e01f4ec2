/** A lane that is said to be held up to a number is: no gap is forgotten (I12). */

import type { Link, OrgId } from "@tearline/core"

import { countOf } from "./lanes.ts"
import type { Addressed } from "./signed.ts"

export class Gaps {
  /** How many of each lane have been taken in. */
  readonly #taken = new Map<string, number>()
  readonly #counted = new WeakSet<Link["held"][number]>()

  /** An arrival has been taken in, before its link is written. */
  took(own: OrgId, author: OrgId, { epoch, lane }: Addressed): void {
    const key = `${own}/${author}/${epoch}/${lane}`
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1)
  }

  /** How a link that is being written tells of more than was taken in, if it does. */
  fault(own: OrgId, { peer, held }: Link, isRestored: boolean): string | undefined {
    let fault: string | undefined
    for (const row of held) {
      // A row that was held against the arrivals once is kept as it is until it grows.
      if (this.#counted.has(row)) continue
      this.#counted.add(row)
      const { epoch, lane, upTo } = row
      const key = `${own}/${peer}/${epoch}/${lane}`
      const taken = this.#taken.get(key) ?? 0
      // What a peer gives back takes no arrival: the reckoning finds what is missing.
      if (isRestored) this.#taken.set(key, countOf(row))
      else if (countOf(row) > taken) {
        fault ??= `forgets a gap: says that it holds ${upTo} and holds ${taken}`
      }
    }
    return fault
  }
}
