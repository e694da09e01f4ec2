/**
 * Runs one target in a process of its own and outlives whatever that process comes to: no sign of
 * life is a hang, a death is a crash or a want of memory, and each names the input that did it.
 */

import { fork } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"

import { entryPath } from "./entry.ts"
import type { FromChild, Order, Tally } from "./exchanged.ts"
import { isStopping } from "./interruption.ts"

/** Far beyond any allowed input, also where others keep the machine busy. */
const silenceMsMax = 30_000
/** Loading, and making keys, before there is anything to say. */
const startMsMax = 120_000
const heapMegabytesMax = 320

type FindingKind = "crash" | "hang" | "memory"

export interface Found {
  readonly kind: FindingKind
  readonly reason: string
  readonly input: Uint8Array
}

export interface Report {
  readonly tally: Tally
  readonly found: readonly Found[]
}

const nothing: Tally = { executions: 0, corpus: 0, points: 0, features: 0, ms: 0 }

function kindOf(reason: string): FindingKind {
  if (reason.startsWith("slow") || reason.startsWith("cost") || reason.startsWith("hang")) {
    return "hang"
  }
  return reason.includes("over memory") ? "memory" : "crash"
}

function lastInput(path: string): Uint8Array {
  const bytes = readFileSync(path)
  return bytes.length < 4 ? new Uint8Array() : bytes.subarray(4, 4 + bytes.readUInt32BE())
}

/** A person has asked to stop, and everything of this run is gone. */
export class Interrupted extends Error {
  override readonly name = "Interrupted"
}

/** Who may stop a run, and who is told of a finding while it goes on. */
export interface Overseer {
  readonly signal: AbortSignal
  /** Called at once: a run that is stopped gives no report. */
  readonly onFound: (found: Found) => void
}

/** Runs the order to its end, or to the child's. Throws {@link Interrupted}. */
export async function supervise(
  order: Omit<Order, "inputPath">,
  overseer: Overseer,
): Promise<Report> {
  if (overseer.signal.aborted) throw new Interrupted("stopped")
  const folder = mkdtempSync(`${tmpdir()}/tearline-fuzz-`)
  const inputPath = `${folder}/input`
  try {
    writeFileSync(inputPath, "")
    return await supervised({ ...order, inputPath }, overseer)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function supervised(order: Order, { signal, onFound }: Overseer): Promise<Report> {
  const child = fork(entryPath, [JSON.stringify(order)], {
    execArgv: [`--max-old-space-size=${heapMegabytesMax}`, "--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  })
  const found: Found[] = []
  function note(reason: string, input: Uint8Array): void {
    const one = { kind: kindOf(reason), reason, input }
    found.push(one)
    onFound(one)
  }
  let tally = nothing
  let isDone = false
  let isSilent = false
  let lastWords = ""
  function giveUp(): void {
    isSilent = true
    child.kill("SIGKILL")
  }
  const stop = () => void child.kill("SIGKILL")
  signal.addEventListener("abort", stop, { once: true })
  let silence = setTimeout(giveUp, startMsMax)
  child.stderr?.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-4_000)
  })
  child.on("message", (message: FromChild) => {
    clearTimeout(silence)
    silence = setTimeout(giveUp, silenceMsMax)
    if (message.kind === "found") {
      note(message.reason, Uint8Array.fromBase64(message.input))
      return
    }
    if (message.kind === "alive") return
    tally = message.tally
    isDone ||= message.kind === "done"
  })
  const { promise, resolve } = Promise.withResolvers<string>()
  child.once("close", (code, by) => resolve(`${by ?? code}`))
  const end = await promise
  clearTimeout(silence)
  signal.removeEventListener("abort", stop)
  // A terminal's Ctrl-C reaches the child too, and perhaps first.
  if (signal.aborted || isStopping(end)) throw new Interrupted("stopped")
  if (!isDone) {
    const reason = isSilent ? "hang: no sign of life" : deathOf(lastWords, end)
    note(reason, lastInput(order.inputPath))
  }
  return { tally, found }
}

function deathOf(lastWords: string, end: string): string {
  if (lastWords.includes("heap out of memory")) return "died over memory"
  const line = lastWords.split("\n").find((it) => /Error|FATAL|Assert/.test(it))
  return `died (${end}): ${line?.replaceAll(/\d+/g, "#").slice(0, 160) ?? "without a word"}`
}
