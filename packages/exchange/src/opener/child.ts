/** One opener process: what it was given and has not answered, and when it is taken for dead. */

import { type ChildProcess, fork } from "node:child_process"

import type { FromOpener, ToOpen } from "./exchanged.ts"

const entry = `${import.meta.dirname}/main.ts`
/** The folder above all packages and their libraries. */
const codeRoot = `${import.meta.dirname}/../../../..`

const heapMegabytesMax = 192

// It may read its code and nothing beside it, and write nothing: no compiled code either, which
// the next process would run.
const guards = [
  "--permission",
  ...["packages", "node_modules", "package.json"].map(
    (name) => `--allow-fs-read=${codeRoot}/${name}`,
  ),
  "--disable-sigusr1",
  "--disallow-code-generation-from-strings",
  "--disable-proto=delete",
  "--disable-warning=ExperimentalWarning",
  `--max-old-space-size=${heapMegabytesMax}`,
  "--max-semi-space-size=2",
]

export interface ChildOptions {
  /** The seed of the KEM key with that id, or undefined when it is not held (any more). */
  readonly seedOf: (prekeyId: Uint8Array) => Uint8Array | undefined
  /** No answer for this long, with work in hand: it is killed, which counts as a crash. */
  readonly silenceMsMax: number
  /** Replaces the program that is run; for tests of what a crash does. */
  readonly entry?: string
  readonly onAnswer: (answer: Extract<FromOpener, { ticket: number }>) => void
  readonly onReady: () => void
  /** It has gone, asked or not; `inHand` are the tickets that it had not answered. */
  readonly onGone: (child: OpenerChild, inHand: readonly number[]) => void
}

export class OpenerChild {
  readonly #process: ChildProcess
  readonly #options: ChildOptions
  readonly #inHand = new Set<number>()
  #silence: NodeJS.Timeout | undefined
  /** Units given to it, ever. */
  given = 0
  isReady = false

  constructor(options: ChildOptions) {
    this.#options = options
    this.#process = fork(options.entry ?? entry, [], {
      execArgv: guards,
      env: {},
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    })
    this.#process.on("message", (message: FromOpener) => this.#hear(message))
    // A child that cannot be started or written to is a child that has gone: `close` tells of both.
    this.#process.on("error", () => this.#process.kill("SIGKILL"))
    this.#process.once("close", () => this.#gone())
  }

  get inHand(): number {
    return this.#inHand.size
  }

  give(work: ToOpen): void {
    this.given += 1
    this.#inHand.add(work.ticket)
    if (this.#inHand.size === 1) this.#watch()
    this.#process.send(work, () => undefined)
  }

  /** Kills it at once; what it had in hand is reported by `onGone`. */
  kill(): void {
    this.#process.kill("SIGKILL")
  }

  #watch(): void {
    clearTimeout(this.#silence)
    this.#silence =
      this.#inHand.size === 0
        ? undefined
        : setTimeout(() => this.kill(), this.#options.silenceMsMax)
  }

  #hear(message: FromOpener): void {
    switch (message.kind) {
      case "ready":
        this.isReady = true
        this.#watch()
        this.#options.onReady()
        return
      case "key-asked": {
        const { prekeyId } = message
        const seed = this.#options.seedOf(prekeyId) ?? null
        this.#process.send({ kind: "key", prekeyId, seed }, () => undefined)
        return
      }
      case "opened":
      case "refused":
        if (!this.#inHand.delete(message.ticket)) return
        this.#watch()
        this.#options.onAnswer(message)
    }
  }

  #gone(): void {
    clearTimeout(this.#silence)
    this.#options.onGone(this, [...this.#inHand])
  }
}
