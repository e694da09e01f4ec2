/** `npm run fuzz`: target after target within one time, and what was found at the end. */

import { CliError } from "@tearline/cli"

import { type Asked, readCommandLine } from "./command-line.ts"
import { keepFinding } from "./engine/kept.ts"
import { Interruption } from "./process/interruption.ts"
import { type Found, Interrupted, type Report, supervise } from "./process/supervisor.ts"
import { reach } from "./reach/reach.ts"

const exits = { clean: 0, found: 1, usage: 2, internal: 5, interrupted: 130 } as const

/** Never throws; gives the exit code. */
export async function runFuzz(args: readonly string[]): Promise<number> {
  const interruption = new Interruption()
  try {
    const asked = readCommandLine(args)
    switch (asked.kind) {
      case "told":
        console.log(asked.lines.join("\n"))
        return exits.clean
      case "reach":
        return await tellReach(interruption.signal)
      case "run":
        return await runTargets(asked, interruption.signal)
    }
  } catch (error) {
    return tellError(error)
  } finally {
    interruption.close()
  }
}

type AskedRun = Extract<Asked, { readonly kind: "run" }>

async function runTargets(asked: AskedRun, signal: AbortSignal): Promise<number> {
  const { targets, seconds, runs, seed } = asked
  const untilMs = performance.now() + seconds * 1000
  const all: Found[] = []
  const unfinished: string[] = []
  let inputs = 0
  for (const [at, target] of targets.entries()) {
    const leftMs = Math.max(0, untilMs - performance.now())
    const order = { ...asked, target, seed, runsMax: runs ?? Number.MAX_SAFE_INTEGER }
    // A number of runs is a number of runs, however long they take of the time that there is.
    const msMax = runs === undefined ? leftMs / (targets.length - at) : leftMs
    const onFound = ({ reason, input }: Found): void => {
      console.log(`FOUND in ${target}: ${reason}\n  ${keepFinding(target, input, reason)}`)
    }
    const report = await supervise({ ...order, msMax }, { signal, onFound })
    inputs += report.tally.executions
    all.push(...report.found)
    const isShort = runs !== undefined && report.tally.executions < runs
    if (isShort && report.found.length === 0) unfinished.push(target)
    tell(target, report)
  }
  if (unfinished.length > 0) {
    console.log(`not finished in ${seconds} seconds: ${unfinished.join(", ")}; give more --seconds`)
  }
  const count = (kind: Found["kind"]) => all.filter((it) => it.kind === kind).length
  console.log(
    `${targets.length} targets, ${inputs} inputs, ` +
      `${count("crash")} crashes, ${count("hang")} hangs, ${count("memory")} over memory`,
  )
  return all.length === 0 && unfinished.length === 0 ? exits.clean : exits.found
}

function tell(name: string, { tally, found }: Report): void {
  const { executions, corpus, points, features, ms } = tally
  const perSecond = Math.round(executions / Math.max(ms / 1000, 0.001))
  const counts = `${String(executions).padStart(9)} runs ${String(perSecond).padStart(7)}/s`
  const kept = `corpus ${String(corpus).padStart(4)}  points ${points}+${features}`
  const more = found.length === 0 ? "" : `  FOUND ${found.length}`
  console.log(`${name.padEnd(20)} ${counts}  ${kept}${more}`)
}

async function tellReach(signal: AbortSignal): Promise<number> {
  const places = await reach(signal).catch((error: unknown) => {
    throw signal.aborted ? new Interrupted("stopped") : error
  })
  for (const { path, line, text, isReached } of places) {
    console.log(`${isReached ? "    " : "NOT "} ${path}:${line}  ${text}`)
  }
  const missed = places.filter((it) => !it.isReached).length
  console.log(`${places.length} places decode what others sent, ${missed} of them not reached`)
  return missed === 0 ? exits.clean : exits.found
}

/** The one place where errors become words here. */
function tellError(error: unknown): number {
  if (error instanceof Interrupted) {
    console.error("fuzz: interrupted; nothing is left running")
    return exits.interrupted
  }
  if (error instanceof CliError) {
    console.error(`fuzz: ${error.message}\nhint: ${error.hint}`)
    return exits.usage
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : "unknown"
  console.error(`fuzz: something went wrong inside it: ${what}`)
  return exits.internal
}
