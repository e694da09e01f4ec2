/** `npm run torture -- SCENARIO`: runs one scenario, and says at the end what became of promises. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { fileURLToPath } from "node:url"

import { CliError } from "@tearline/cli"
import { Random } from "@tearline/sim"

import { type AskedRun, readCommandLine } from "./command-line.ts"
import type { Outcome, Run, Scenario } from "./scenario.ts"
import { Screen } from "./screen.ts"

/** What a scenario may take to clean up once it has been asked to stop. */
const cleaningMsMax = 90_000

const exits = { held: 0, failed: 1, usage: 2, missing: 3, internal: 5, interrupted: 130 } as const

/** Never throws; gives the exit code. */
export async function runTorture(args: readonly string[]): Promise<number> {
  try {
    const asked = readCommandLine(args)
    if (asked.kind === "run") return await runScenario(asked)
    process.stdout.write(`${asked.text}\n`)
    return exits.held
  } catch (error) {
    return tellError(error)
  }
}

/** Runs a scenario as it was asked for; gives the exit code. Throws a fault of the scenario's own. */
export async function runScenario(asked: Omit<AskedRun, "kind">): Promise<number> {
  const { scenario, seed, counts, isJson } = asked
  const limitMs = scenario.limitMs((name) => counts[name] ?? 0)
  const screen = new Screen({ isJson, limitMs })
  const missing = await scenario.missing()
  if (missing.length > 0) {
    for (const it of missing) process.stderr.write(`torture: ${scenario.name} needs ${it}\n`)
    return exits.missing
  }
  const given = Object.entries(counts).map(([flag, count]) => `--${flag} ${count}`)
  const started = `torture ${[scenario.name, ...given].join(" ")} --seed ${seed}`
  screen.line(started)
  const stopping = new Stopping(limitMs)
  const folder = newFolder()
  try {
    const run: Run = {
      random: new Random(seed),
      folder,
      count: (name) => counts[name] ?? 0,
      signal: stopping.signal,
      note: (line) => screen.line(line),
      progress: (text) => screen.progress(text),
    }
    const outcome = await outcomeOf(scenario, run, stopping)
    if (outcome === undefined) return exits.interrupted
    screen.end({ scenario: scenario.name, seed, counts, ...judged(outcome, stopping) })
    return isHeld(outcome) && !stopping.isOverTime ? exits.held : exits.failed
  } catch (error) {
    // There will be no document to name the seed.
    if (isJson) process.stderr.write(`${started}\n`)
    throw error
  } finally {
    // While we still hear that we are to stop: a folder is not left half removed.
    rmSync(folder, { recursive: true, force: true })
    stopping.close()
  }
}

/** Undefined where a person has asked to stop. */
async function outcomeOf(
  scenario: Scenario,
  run: Run,
  stopping: Stopping,
): Promise<Outcome | undefined> {
  try {
    const outcome = await scenario.run(run)
    if (!stopping.isInterrupted) return outcome
  } catch (error) {
    if (!run.signal.aborted) throw error
    if (!stopping.isInterrupted) {
      const summary = `${scenario.name} was not finished in its time`
      return { lost: 0, wrong: [summary], summary }
    }
  }
  process.stderr.write("torture: interrupted; nothing is left running\n")
  return undefined
}

function isHeld({ lost, wrong }: Outcome): boolean {
  return lost === 0 && wrong.length === 0
}

function judged(outcome: Outcome, { isOverTime }: Stopping): Outcome {
  if (!isOverTime) return outcome
  return { ...outcome, wrong: [...outcome.wrong, "the time was up before it was finished"] }
}

const repository = fileURLToPath(new URL("../../..", import.meta.url))

/** In the repository's cache, which lies on a disk, while the system's own folder may not. */
function newFolder(): string {
  mkdirSync(`${repository}.cache`, { recursive: true })
  const folder = mkdtempSync(`${repository}.cache/torture-`)
  // The database server may run as a user of its own, who must be able to pass.
  chmodSync(folder, 0o711)
  return folder
}

/** Ctrl-C, and the end of the time: both ask the scenario to stop, and neither for ever. */
class Stopping {
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #onSignal = (): void => this.#stop("person")
  #why: "person" | "time" | undefined
  #cleaning: NodeJS.Timeout | undefined

  constructor(limitMs: number) {
    this.#timer = setTimeout(() => this.#stop("time"), limitMs)
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, this.#onSignal)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get isInterrupted(): boolean {
    return this.#why === "person"
  }

  get isOverTime(): boolean {
    return this.#why === "time"
  }

  close(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#cleaning)
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, this.#onSignal)
  }

  #stop(why: "person" | "time"): void {
    this.#why ??= why
    this.#controller.abort()
    this.#cleaning ??= setTimeout(() => {
      process.stderr.write("torture: it does not end; some of its processes may be left\n")
      // Children end by themselves when we do: each holds a pipe of ours.
      process.exit(this.isInterrupted ? exits.interrupted : exits.failed)
    }, cleaningMsMax)
  }
}

/** The one place where errors become words here. */
function tellError(error: unknown): number {
  if (error instanceof CliError) {
    process.stderr.write(`torture: ${error.message}\nhint: ${error.hint}\n`)
    return error.code === "wrong_usage" ? exits.usage : exits.failed
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : "unknown"
  process.stderr.write(`torture: something went wrong inside it: ${what}\n`)
  return exits.internal
}
