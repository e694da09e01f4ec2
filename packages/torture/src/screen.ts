/** What a run shows: lines, where it stands, and its end; or one document. */

import type { Outcome } from "./scenario.ts"

const wrongMax = 20
/** Where nobody looks on: so many at most, and never one upon the other. */
const progressLinesMax = 40
const progressEveryMsMin = 10_000

export interface Ending extends Outcome {
  readonly scenario: string
  readonly seed: string
  readonly counts: Readonly<Record<string, number>>
}

interface ScreenOptions {
  readonly isJson: boolean
  /** How long the run may take. */
  readonly limitMs: number
  readonly isTerminal?: boolean
  /** A clock that only goes on, in milliseconds. */
  readonly nowMs?: () => number
}

export class Screen {
  readonly #isJson: boolean
  readonly #isTerminal: boolean
  readonly #nowMs: () => number
  readonly #progressEveryMs: number
  readonly #lines: string[] = []
  #isOnProgress = false
  #saidMs: number

  constructor(options: ScreenOptions) {
    const { isJson, isTerminal = process.stderr.isTTY, limitMs } = options
    const { nowMs = () => performance.now() } = options
    this.#isJson = isJson
    this.#isTerminal = isTerminal
    this.#nowMs = nowMs
    this.#progressEveryMs = Math.max(progressEveryMsMin, limitMs / progressLinesMax)
    this.#saidMs = nowMs()
  }

  line(text: string): void {
    this.#clear()
    this.#lines.push(text)
    if (!this.#isJson) process.stdout.write(`${text}\n`)
  }

  /** On a terminal each over the one before; in a file now and then, or it would bury the lines. */
  progress(text: string): void {
    if (!this.#isTerminal) {
      this.#progressLine(text)
      return
    }
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

  #progressLine(text: string): void {
    const nowMs = this.#nowMs()
    if (nowMs - this.#saidMs < this.#progressEveryMs) return
    this.#saidMs = nowMs
    process.stderr.write(`… ${text}\n`)
  }

  #clear(): void {
    if (this.#isOnProgress) process.stderr.write("\r\u001B[K")
    this.#isOnProgress = false
  }
}
