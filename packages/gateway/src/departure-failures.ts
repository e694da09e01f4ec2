/**
 * Failed departures in the diagnostics: the first of a kind at once, those after it as one line a
 * minute with their count. A peer that is away for hours is tried again for every unit, and a line
 * for each would bury whatever else happens. The metrics count them singly.
 */

import type { Diagnostics, Lane } from "@tearline/core"

export interface DepartureFailure {
  readonly code: string
  readonly lane: Lane
  /** The peer, where it is one that we know. */
  readonly org: string | undefined
}

interface Series {
  readonly fields: { readonly code: string; readonly lane: Lane; readonly org?: string }
  /** Since the last line. */
  count: number
}

const summaryMs = 60_000

export class DepartureFailures {
  readonly #diagnostics: Diagnostics
  readonly #series = new Map<string, Series>()
  readonly #timer: NodeJS.Timeout

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics
    this.#timer = setInterval(() => this.summarise(), summaryMs).unref()
  }

  note({ code, lane, org }: DepartureFailure): void {
    const key = `${code} ${lane} ${org}`
    const known = this.#series.get(key)
    if (known !== undefined) {
      known.count += 1
      return
    }
    const fields = { code, lane, ...(org === undefined ? {} : { org }) }
    this.#series.set(key, { fields, count: 0 })
    this.#diagnostics("warn", "departure_failed", fields)
  }

  /** What happens each minute: a line for each kind that went on; one that did not is forgotten. */
  summarise(): void {
    for (const [key, series] of this.#series) {
      const { fields, count } = series
      series.count = 0
      if (count === 0) this.#series.delete(key)
      else this.#diagnostics("warn", "departures_failed", { ...fields, count })
    }
  }

  /** Says what has not been said yet, and stops. */
  close(): void {
    clearInterval(this.#timer)
    this.summarise()
  }
}
