/** Real nodes for tests: folders of their own, the real program, and what is left of it afterwards. */

import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { createInterface } from "node:readline"

import { deskClient } from "../src/index.ts"
import { identify } from "../src/launcher/process-identity.ts"

const main = new URL("../src/main.ts", import.meta.url).pathname
/** As `tools/bootstrap.mjs` starts it. */
const quiet = "--disable-warning=ExperimentalWarning"

/** A folder for state folders, short enough for sockets. */
export function workFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(`${tmpdir()}/tearline-cli-`)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface Ran {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `tearline ARGS` to its end. */
export async function tearline(dir: string, ...args: readonly string[]): Promise<Ran> {
  const child = started(dir, args)
  let stdout = ""
  let stderr = ""
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
  const { promise, resolve } = Promise.withResolvers<number | null>()
  child.once("close", resolve)
  return { exit: await promise, stdout, stderr }
}

/** The one document that a command printed; fails with what it said instead. */
export async function json<Document>(dir: string, ...args: readonly string[]): Promise<Document> {
  const ran = await tearline(dir, ...args, "--json")
  if (ran.exit !== 0) throw new Error(`tearline ${args.join(" ")}: ${ran.stderr}`)
  return JSON.parse(ran.stdout) as Document
}

export interface Up {
  readonly pid: number
  readonly pids: Readonly<Record<"gateway" | "exchange" | "postgres", number>>
  readonly endpoint: string
  /** All that it has said on standard error so far. */
  said(): string
  signal(name: NodeJS.Signals): void
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number | null>
}

/** Starts `tearline up` and waits until it is ready. Rejects when it ends before that. */
export async function up(dir: string, flags: readonly string[] = ["--json"]): Promise<Up> {
  const child = started(dir, ["up", ...flags])
  const ready = Promise.withResolvers<Pick<Up, "pids" | "endpoint">>()
  const ended = Promise.withResolvers<number | null>()
  let stderr = ""
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()))
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const said = flags.includes("--json") ? line : '{"pids":{},"endpoint":""}'
      ready.resolve(JSON.parse(said) as Pick<Up, "pids" | "endpoint">)
    })
  }
  child.once("close", (code) => {
    ready.reject(new Error(`tearline up ended with ${code}: ${stderr}`))
    ended.resolve(code)
  })
  const { pids, endpoint } = await ready.promise
  return {
    pid: child.pid ?? 0,
    pids,
    endpoint,
    said: () => stderr,
    signal: (name) => child.kill(name),
    ended: ended.promise,
  }
}

function started(dir: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [quiet, main, ...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      TEARLINE_DIR: dir,
      TEARLINE_OFFICER: "ines",
      TZ: "UTC",
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
}

/** Whether a process runs; a zombie, which nobody has waited for, does not. */
export function runs(pid: number): boolean {
  return identify(pid) !== undefined
}

/** The database server of a state folder, if it left word that it runs. */
export function postmasterOf(dir: string): number | undefined {
  const file = `${dir}/postgres/data/postmaster.pid`
  return existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : undefined
}

/** Looks again whenever the desk's feed tells of a change, until what it sees is as wanted. */
export async function until(dir: string, isSo: () => Promise<boolean>): Promise<void> {
  const desk = deskClient(dir)
  const watching = new AbortController()
  try {
    // The first event says that the feed is open, so that nothing is missed before the first look.
    for await (const _ of desk.events(watching.signal)) if (await isSo()) return
    throw new Error("the feed has ended")
  } finally {
    watching.abort()
    desk.close()
  }
}
