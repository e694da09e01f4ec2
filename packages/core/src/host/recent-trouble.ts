/**
 * What went wrong a moment ago, for a person who looks now.
 *
 * A database on a full disk takes one commit and refuses the next. Shown as it is at each instant
 * it would flicker; so the latest failure stays in view for a minute, whatever went well since.
 */

const shownMs = 60_000

export class RecentTrouble {
  readonly #uptimeMs: () => number
  #code: string | undefined
  #atMs = 0

  /** `uptimeMs` runs evenly and never back. */
  constructor(uptimeMs: () => number) {
    this.#uptimeMs = uptimeMs
  }

  /** Something has failed under this code. */
  note(code: string): void {
    this.#code = code
    this.#atMs = this.#uptimeMs()
  }

  /** The code of the latest failure, for a minute. */
  get code(): string | undefined {
    return this.#uptimeMs() - this.#atMs > shownMs ? undefined : this.#code
  }
}
