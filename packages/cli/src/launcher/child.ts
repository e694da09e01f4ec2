/**
 * One process of the node, kept alive.
 *
 * It is started in a session of its own, so that a terminal's Ctrl-C reaches the launcher alone and
 * children end in order; and with a pipe that ends when the launcher does, however it does, so that
 * nothing outlives it. Configuration and secrets go through another pipe, written once and closed.
 */

import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Writable } from "node:stream"
import { promises as timers } from "node:timers"

import { CliError } from "../cli-error.ts"
import type { BoundedLog, Diagnostic } from "./bounded-log.ts"

const backOffMsMin = 100
const backOffMsMax = 10_000
/** Whoever has run this long has recovered: the next crash is the first again. */
const steadyMs = 30_000
const stopMsMax = 20_000

/** What the ready line says beside `event`, such as ports. */
export type Ready = Readonly<Record<string, unknown>>

export type ChildEvent =
  | { readonly kind: "ready"; readonly pid: number; readonly ready: Ready }
  | { readonly kind: "exited"; readonly code: number | null; readonly signal: string | null }
  | { readonly kind: "diagnostic"; readonly diagnostic: Diagnostic }

export interface ChildOptions {
  readonly name: string
  readonly main: string
  readonly nodeFlags: readonly string[]
  /** Asked anew at each start. */
  readonly config: () => object
  readonly log: BoundedLog
  /** Asked anew at each start. */
  readonly extraEnv: () => Readonly<Record<string, string>>
  /** Opens a channel for messages; devnet moves the clock through it. */
  readonly hasChannel: boolean
  readonly onEvent: (event: ChildEvent) => void
}

export class Child {
  readonly #options: ChildOptions
  readonly #listeners = new Set<(message: unknown) => void>()
  #process: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  #isStopping = false
  #failures = 0
  #lastError: string | undefined
  #timer: AbortController | undefined

  constructor(options: ChildOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  /** Of the present life; `undefined` between two. */
  get pid(): number | undefined {
    return this.isAlive ? this.#process?.pid : undefined
  }

  get isAlive(): boolean {
    const child = this.#process
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** Sends a message to the present life; false when there is none to take it. */
  send(message: object): boolean {
    return this.#process?.connected === true && this.#process.send(message)
  }

  /** Hears the messages of this and every later life; gives the function that ends it. */
  onMessage(listener: (message: unknown) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The first start. A process that ends before it is ready is not tried again: `start_failed`. */
  async start(): Promise<Ready> {
    const ready = await this.#live()
    if (ready !== undefined) return ready
    this.#isStopping = true
    const { name } = this.#options
    const why = this.#lastError === undefined ? "" : ` (${this.#lastError})`
    const log = `its diagnostics are in logs/${name}.ndjson of the state folder`
    // What it was told came out of the state folder, and nowhere else.
    const isDamaged = this.#lastError?.includes("bad_config") === true
    const hint = `restore tearline.json, secrets and statements from a backup; ${log}`
    throw new CliError("start_failed", `the ${name} did not start${why}`, {
      hint: isDamaged ? hint : log,
    })
  }

  /** Asks the present life to end; the next one is told the configuration as it is then. */
  startAgain(): void {
    if (this.isAlive) this.#process?.kill("SIGTERM")
  }

  /** Asks it to end and waits; after twenty seconds it is killed. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#timer?.abort()
    if (this.isAlive) this.#process?.kill("SIGTERM")
    const timer = setTimeout(() => this.#process?.kill("SIGKILL"), stopMsMax)
    await this.#exited
    clearTimeout(timer)
  }

  /** Resolves when it is ready, with `undefined` when it ended before that. */
  async #live(): Promise<Ready | undefined> {
    const child = this.#spawn()
    this.#process = child
    const startedAt = performance.now()
    const ready = Promise.withResolvers<Ready | undefined>()
    const gone = Promise.withResolvers<void>()
    this.#exited = gone.promise
    this.#listen(child, ready.resolve)
    child.once("error", () => {
      ready.resolve(undefined)
      gone.resolve()
    })
    child.once("exit", (code, signal) => {
      this.#options.onEvent({ kind: "exited", code, signal })
      const isReady = performance.now() - startedAt > steadyMs
      this.#failures = isReady ? 1 : this.#failures + 1
      ready.resolve(undefined)
      gone.resolve()
    })
    const said = await ready.promise
    if (said !== undefined) {
      this.#options.onEvent({ kind: "ready", pid: child.pid ?? 0, ready: said })
      void gone.promise.then(() => this.#again())
    }
    return said
  }

  /** Starts it again, later each time, until it is ready or the node stops. */
  async #again(): Promise<void> {
    while (!this.#isStopping) {
      this.#timer = new AbortController()
      const { signal } = this.#timer
      const waitMs = Math.min(backOffMsMax, backOffMsMin * 2 ** (this.#failures - 1))
      await timers.setTimeout(waitMs, undefined, { signal }).catch(() => undefined)
      if (this.#isStopping || (await this.#live()) !== undefined) return
    }
  }

  #spawn(): ChildProcess {
    const { nodeFlags, main, extraEnv, hasChannel, config } = this.#options
    const channel = hasChannel ? (["ipc"] as const) : []
    const child = spawn(process.execPath, [...nodeFlags, main], {
      detached: true,
      env: extraEnv(),
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", ...channel],
    })
    const document = child.stdio[3] as Writable
    const parentAlive = child.stdio[4] as Writable
    // A process that dies early breaks the pipes; its exit says so already.
    document.on("error", () => undefined)
    parentAlive.on("error", () => undefined)
    document.end(JSON.stringify(config()))
    return child
  }

  #listen(child: ChildProcess, ready: (said: Ready) => void): void {
    const { log, onEvent } = this.#options
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        const said = readyOf(line)
        if (said !== undefined) ready(said)
      })
    }
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on("line", (line) => {
        const diagnostic = log.take(line)
        if (diagnostic === undefined) return
        if (diagnostic.level === "error") this.#lastError = wordsOf(diagnostic)
        onEvent({ kind: "diagnostic", diagnostic })
      })
    }
    child.on("message", (message) => {
      for (const listener of this.#listeners) listener(message)
    })
  }
}

function readyOf(line: string): Ready | undefined {
  try {
    const said = JSON.parse(line) as Ready
    return said["event"] === "ready" ? said : undefined
  } catch {
    return undefined
  }
}

function wordsOf({ event, code, error }: Diagnostic): string {
  const parts = [event, code, error].filter((it) => typeof it === "string")
  return parts.join(" ")
}
