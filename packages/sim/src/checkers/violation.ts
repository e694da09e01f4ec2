import type { ThreadId } from "@tearline/core"

/** An invariant of design 8 that does not hold: what was seen, where, and about which thread. */
export class Violation extends Error {
  override name = "Violation"
  readonly code = "invariant_broken"
  readonly invariant: string
  readonly thread: ThreadId | null
  /** True time, milliseconds since 1970. */
  readonly atMs: number

  constructor(
    invariant: string,
    message: string,
    where: { thread: ThreadId | null; atMs: number },
  ) {
    super(`${invariant}: ${message}`)
    this.invariant = invariant
    this.thread = where.thread
    this.atMs = where.atMs
  }
}
