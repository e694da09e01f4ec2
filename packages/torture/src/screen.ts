/** What a run shows: lines, where it stands, and its end; or one document. */

import type { Outcome } from "./scenario.ts"

const wrongMax = 20

export interface Ending extends Outcome {
  readonly scenario: string
  readonly seed: string
  readonly counts: Readonly<Record<string, number>>
}

export class Screen {
  readonly #isJson: boolean
  readonly #lines: string[] = []
  #isOnProgress = false

  constructor(isJson: boolean) {
    this.#isJson = isJson
  }

  line(text: string): void {
    this.#clear()
    this.#lines.push(text)
    if (!this.#isJson) process.stdout.write(`${text}\n`)
  }

  /** On a terminal only: in a file it would bury the lines. */
  progress(text: string): void {
    if (!process.stderr.isTTY) return
    const width = process.stderr.columns || 80
    process.stderr.write(`\r\u001B[K${text.slice(0, width - 1)}`)
    this.#isOnProgress = true
  }

  /** The summary is the last line, so that a script need read no other. */
  end(ending: Ending): void {
    this.#clear()
    const { wrong, summary } = ending
    if (this.#isJson) {
      const document = { ...ending, lines: this.#lines }
      process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
      return
    }
    for (const it of wrong.slice(0, wrongMax)) process.stdout.write(`wrong: ${it}\n`)
    const more = wrong.length - wrongMax
    if (more > 0) process.stdout.write(`wrong: and ${more} more; --json lists them all\n`)
    process.stdout.write(`${summary}\n`)
  }

  #clear(): void {
    if (this.#isOnProgress) process.stderr.write("\r\u001B[K")
    this.#isOnProgress = false
  }
}
