/** What happened to one warning, line by line, in the order in which it happened. */

import type { ThreadId } from "@tearline/core"

import type { Schedule } from "../time/schedule.ts"

export class Story {
  readonly #schedule: Schedule
  #thread: ThreadId | "first" | undefined
  readonly lines: string[] = []

  constructor(schedule: Schedule, thread: string | undefined) {
    this.#schedule = schedule
    this.#thread = thread as ThreadId | "first" | undefined
  }

  /** Whether this thread's story is told; the first one asked about is, if any would do. */
  isAbout(thread: ThreadId | null): boolean {
    if (this.#thread === undefined || thread === null) return false
    if (this.#thread === "first") this.#thread = thread
    return this.#thread === thread
  }

  tell(thread: ThreadId | null, who: string, what: string): void {
    if (!this.isAbout(thread)) return
    const at = new Date(this.#schedule.nowMs).toISOString()
    this.lines.push(`${at}  ${who.padEnd(9)} ${what}`)
  }
}
