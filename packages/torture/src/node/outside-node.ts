/**
 * A node whose launcher is a process of its own, `tearline up` as an operator types it: so that all
 * of it can die at once, or run in a network or under a watcher of its own.
 */

import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"

import { type DeskClient, deskClient, initNode, type InitOptions } from "@tearline/cli"

import type { Party } from "./party.ts"
import { childrenOf } from "./processes.ts"
import { type Databases, databasesOf } from "./trial-node.ts"

const program = fileURLToPath(new URL("main.ts", import.meta.resolve("@tearline/cli")))
const startMsMax = 120_000
const goneMsMax = 15_000

export interface OutsideOptions {
  readonly name: string
  readonly dir: string
  /** A command that runs the launcher, such as one that enters a network. */
  readonly prefix?: readonly string[]
  readonly listen?: NonNullable<InitOptions["listen"]>
  /** What peers are told instead of where it listens. */
  readonly endpoint?: string
}

export class OutsideNode implements Party, AsyncDisposable {
  readonly name: string
  readonly dir: string
  readonly #options: OutsideOptions
  #launcher: ChildProcess | undefined
  #org: string | undefined
  #desk: DeskClient | undefined
  #errors = ""

  constructor(options: OutsideOptions) {
    this.name = options.name
    this.dir = options.dir
    this.#options = options
  }

  get org(): string {
    if (this.#org === undefined) throw new RangeError(`${this.name} was never started`)
    return this.#org
  }

  get desk(): DeskClient {
    this.#desk ??= deskClient(this.dir)
    return this.#desk
  }

  /** What it has told its operator since it was started. */
  get told(): string {
    return this.#errors
  }

  databases(): Promise<Databases> {
    return databasesOf(this.dir)
  }

  /** Makes its state folder by a command under the prefix; whether it says that it has. */
  async make(): Promise<boolean> {
    const flags = ["--name", this.name, "--listen", "127.0.0.1:0", "--dir", this.dir]
    const child = this.#run("init", ...flags)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    child.once("close", (code) => resolve(code === 0))
    return await promise
  }

  /** Its database server, if that runs. */
  get server(): number | undefined {
    return serverOf(this.dir)
  }

  /** Of the present life of its exchange, if it has one. */
  get exchange(): number | undefined {
    const launcher = this.#launcher?.pid
    if (launcher === undefined) return undefined
    return childrenOf(launcher).find(({ line }) => line.includes("exchange/src/main"))?.pid
  }

  /** Makes its state folder if need be, and resolves when it is ready. */
  async start(): Promise<void> {
    const { name, dir, listen = { host: "127.0.0.1", port: 0 }, endpoint } = this.#options
    if (!existsSync(dir)) {
      await initNode({ dir, name, listen, ...(endpoint === undefined ? {} : { endpoint }) })
    }
    this.#errors = ""
    this.#launcher = this.#run("up", "--dir", dir)
    await this.#ready(this.#launcher)
    const config = readFileSync(`${dir}/tearline.json`, "utf8")
    this.#org = (JSON.parse(config) as { readonly org: string }).org
  }

  /** As Ctrl-C does. */
  async stop(): Promise<void> {
    this.#desk?.close()
    this.#desk = undefined
    const launcher = this.#launcher
    if (launcher === undefined || hasEnded(launcher)) return
    const { promise, resolve } = Promise.withResolvers<void>()
    launcher.once("close", () => resolve())
    // The whole group: a watcher that the launcher was started under takes no signal itself.
    if (launcher.pid !== undefined) process.kill(-launcher.pid, "SIGINT")
    await promise
  }

  /** Kills every process of it, and resolves when all are gone. */
  async kill(): Promise<void> {
    const top = [this.#launcher?.pid, this.server].filter((it) => it !== undefined)
    // The launcher first, so that it starts nothing again.
    const all = [...new Set(top.flatMap((pid) => [pid, ...below(pid)]))]
    for (const pid of all) killed(pid)
    this.#desk?.close()
    const endMs = performance.now() + goneMsMax
    while (all.some(isThere)) {
      if (performance.now() > endMs) throw new Error(`a process of ${this.name} does not die`)
      await pause(10)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    // Where the launcher was killed, its server is still there.
    await this.kill()
  }

  #run(...args: readonly string[]): ChildProcess {
    const { prefix = [] } = this.#options
    const quiet = "--disable-warning=ExperimentalWarning"
    const [first = process.execPath, ...rest] = [
      ...prefix,
      process.execPath,
      quiet,
      program,
      ...args,
    ]
    const child = spawn(first, rest, {
      // In a session of its own: Ctrl-C at the terminal is ours to pass on.
      detached: true,
      env: { PATH: process.env["PATH"] ?? "", TZ: "UTC", NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    })
    child.stderr.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()))
    return child
  }

  async #ready(child: ChildProcess): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // It prints one line, once it is ready.
    child.stdout?.once("data", () => resolve())
    child.once("error", reject)
    child.once("close", (code) => {
      reject(new Error(`${this.name} ended with ${code} instead of starting: ${this.#errors}`))
    })
    const late = setTimeout(() => {
      reject(new Error(`${this.name} did not start in time: ${this.#errors}`))
    }, startMsMax)
    try {
      await promise
    } finally {
      clearTimeout(late)
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** The database server that a state folder says runs. */
function serverOf(dir: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(`${dir}/postgres/data/postmaster.pid`, "utf8"), 10)
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("postgres") ? pid : undefined
  } catch {
    return undefined
  }
}

function below(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((it) => [it.pid, ...below(it.pid)])
}

function killed(pid: number): void {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It has ended by itself.
  }
}

/** A zombie is not: it holds no file. */
function isThere(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2))
  } catch {
    return false
  }
}
