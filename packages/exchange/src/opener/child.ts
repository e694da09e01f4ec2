/** One opener process: what it was given and has not answered, and when it is taken for dead. */

import { type ChildProcessByStdio, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"

import { framesOf } from "../frames.ts"
import type { FromOpener, ToOpen } from "./exchanged.ts"
import { answerBytesMax, readFromOpener, toOpenerBytes } from "./pipe.ts"

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
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #options: ChildOptions
  readonly #inHand = new Set<number>()
  #silence: NodeJS.Timeout | undefined
  /** Units given to it, ever. */
  given = 0
  isReady = false

  constructor(options: ChildOptions) {
    this.#options = options
    this.#process = spawn(process.execPath, [...guards, options.entry ?? entry], {
      env: {},
      stdio: ["pipe", "pipe", "ignore"],
    })
    const listening = this.#listen()
    // A child that cannot be started or written to is a child that has gone: `close` tells of both.
    this.#process.on("error", () => this.#process.kill("SIGKILL"))
    this.#process.stdin.on("error", () => this.#process.kill("SIGKILL"))
    this.#process.once("close", () => void listening.then(() => this.#gone()))
  }

  get inHand(): number {
    return this.#inHand.size
  }

  give(work: ToOpen): void {
    this.given += 1
    this.#inHand.add(work.ticket)
    if (this.#inHand.size === 1) this.#watch()
    this.#process.stdin.write(toOpenerBytes(work))
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

  /** Until it ends, or says something that no opener of ours would: then it is one no longer. */
  async #listen(): Promise<void> {
    try {
      const frames = framesOf(this.#process.stdout as AsyncIterable<Buffer>, answerBytesMax)
      for await (const frame of frames) if (frame !== null) this.#hear(readFromOpener(frame))
    } catch {
      this.kill()
    }
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
        this.#process.stdin.write(toOpenerBytes({ kind: "key", prekeyId, seed }))
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
