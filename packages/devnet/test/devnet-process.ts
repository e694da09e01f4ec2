/** Devnet's programs as processes, on a folder of their own. */

import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"

import { type Network, openNetwork } from "@tearline/devnet"

/** As `tools/bootstrap.mjs` starts it. */
const quiet = "--disable-warning=ExperimentalWarning"
const programs = {
  start: fileURLToPath(new URL("../src/main.ts", import.meta.url)),
  episode: fileURLToPath(new URL("../src/episode/main.ts", import.meta.url)),
}

export interface Ended {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly errors: string
}

/** Rare enough that an episode's half year costs a test no more than a few heartbeats. */
const rareHeartbeatSeconds = 60 * 86_400

/** A folder that is gone again after the tests. */
export function newFolder(): string {
  return mkdtempSync(`${tmpdir()}/tearline-devnet-`)
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export function openTestNetwork(folder: string, startMs: number): Promise<Network> {
  return openNetwork({
    folder,
    startMs,
    heartbeatSeconds: rareHeartbeatSeconds,
    onProgress: () => undefined,
  })
}

export class Program {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly #lines: string[] = []
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>()
  #errors = ""

  constructor(program: keyof typeof programs, args: readonly string[]) {
    this.child = spawn(process.execPath, [quiet, programs[program], ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", NO_COLOR: "1" },
    })
    let rest = ""
    this.child.stdout?.on("data", (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split("\n")
      rest = parts.pop() ?? ""
      for (const line of parts) this.#take(line)
    })
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString()
      this.#wake(this.#errors)
    })
    const { promise, resolve } = Promise.withResolvers<Ended>()
    this.child.on("close", (code) => {
      for (const [text, { reject }] of this.#waiting) {
        reject(new Error(`ended with code ${code} before "${text}": ${this.#errors}`))
      }
      resolve({ code, lines: this.#lines, errors: this.#errors })
    })
    this.ended = promise
  }

  /** Resolves once this text has been printed, on either stream; rejects if it ends before that. */
  async printed(text: string): Promise<void> {
    if ([...this.#lines, this.#errors].some((line) => line.includes(text))) return
    const printed = Promise.withResolvers<void>()
    this.#waiting.set(text, printed)
    await printed.promise
  }

  #take(line: string): void {
    this.#lines.push(line)
    this.#wake(line)
  }

  #wake(printed: string): void {
    for (const [text, { resolve }] of this.#waiting) if (printed.includes(text)) resolve()
  }
}

export function runEpisode(...args: readonly string[]): Promise<Ended> {
  return new Program("episode", args).ended
}
