/**
 * Which blocks of the product ran: V8's own precise coverage, read inside the process.
 *
 * A read costs far more than most inputs, so it is made once for a batch, and input by input only
 * for a batch in which something ran that never had. docs/decisions/0019-fuzzing.md has the
 * figures.
 */

import { Session, type Profiler } from "node:inspector"

const watched = /\/(?:packages\/(?!fuzz\/|sim\/)[^/]+\/src|node_modules\/(?:cborg|valibot))\//

export class Coverage {
  readonly #session = new Session()
  readonly #seen = new Set<string>()

  constructor() {
    this.#session.connect()
    this.#session.post("Profiler.enable")
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true })
  }

  get points(): number {
    return this.#seen.size
  }

  /** How many blocks ran since the last reading that had never run before; seen from now on. */
  fresh(): number {
    const before = this.#seen.size
    for (const point of this.#take()) this.#seen.add(point)
    return this.#seen.size - before
  }

  /** Whether something ran since the last reading that never had. Notes nothing. */
  hasFresh(): boolean {
    return this.#take().some((point) => !this.#seen.has(point))
  }

  close(): void {
    this.#session.disconnect()
  }

  #take(): string[] {
    let points: string[] = []
    this.#session.post("Profiler.takePreciseCoverage", (error, taken) => {
      if (error === null) points = taken.result.flatMap(pointsOf)
    })
    return points
  }
}

function pointsOf({ url, functions }: Profiler.ScriptCoverage): string[] {
  if (!watched.test(url)) return []
  return functions.flatMap(({ ranges }) =>
    ranges
      .filter(({ count }) => count > 0)
      .map(({ startOffset, endOffset }) => `${url}:${startOffset}:${endOffset}`),
  )
}
