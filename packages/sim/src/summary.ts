/** What a run tells at its end. */

import type { FoundIn, RunReport } from "./run/combined.ts"

const leastShown = 12

/** What became of the seeds that found something once. */
export interface Replayed {
  readonly seeds: number
  readonly broken: readonly FoundIn[]
}

export interface Summary {
  readonly years: number
  readonly warnings: number
  readonly events: number
  readonly faults: number
  /** Of all threads. */
  readonly cpuSeconds: number
  readonly replayed: Replayed | undefined
  readonly found: readonly FoundIn[]
  readonly counts: Readonly<Record<Outcome, number>>
  readonly tooRare: readonly string[]
  readonly tooLittle: readonly string[]
  readonly rare: Readonly<Record<string, number>>
  readonly story: readonly string[]
  readonly hash: string
  /** The same for people. */
  readonly lines: readonly string[]
}

interface Told {
  readonly report: RunReport
  readonly replayed: Replayed | undefined
  readonly story: readonly string[]
  readonly cpuSeconds: number
}

export function summaryOf({ report, replayed, story, cpuSeconds }: Told): Summary {
  const { years, warnings, events, faults, found, tooRare, tooLittle, rare, hash } = report
  return {
    years,
    warnings,
    events,
    faults,
    cpuSeconds,
    replayed,
    found,
    counts: countsOf(found),
    tooRare,
    tooLittle,
    rare: Object.fromEntries(rare),
    story,
    hash,
    lines: linesOf(report, cpuSeconds),
  }
}

function linesOf(report: RunReport, cpuSeconds: number): string[] {
  const { years, events, faults, found, tooRare, tooLittle, rare } = report
  const least = [...rare].toSorted(([, a], [, b]) => a - b).slice(0, leastShown)
  const perMinute = (years / cpuSeconds) * 60
  return [
    `${rare.size} rare states, least seen:`,
    ...least.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
    ...tooRare.map((it) => `seen too seldom: ${it}`),
    ...tooLittle.map((it) => `too little: ${it}`),
    ...found.flatMap(brokenLines),
    `${rare.get("own message lost that nobody else had") ?? 0} lost by restores that nobody else ` +
      `had, ${rare.get("own message lost that only the hostile peer had") ?? 0} that only the ` +
      "hostile peer had",
    `${events} events, ${faults} faults, ${cpuSeconds.toFixed(1)} s of CPU, ` +
      `${perMinute.toFixed(2)} network-years in a CPU-minute`,
  ]
}

function brokenLines({ world, violation: { message, atMs, thread } }: FoundIn): string[] {
  return [
    `broken: ${message}`,
    `  seed ${world.seed}, at ${new Date(atMs).toISOString()}, thread ${thread ?? "none"}`,
  ]
}

type Outcome = "lost" | "silent" | "broken"

/**
 * What an invariant's breaking is called: something that was accepted or acknowledged is gone;
 * nobody is told what is owed or overdue; or anything else that must hold does not.
 */
const outcomes: Readonly<Record<string, Outcome>> = { I1: "lost", I2: "lost", I10: "silent" }

/** A world ends at the first invariant that breaks: each counts once. */
function countsOf(found: readonly FoundIn[]): Record<Outcome, number> {
  const counts = { lost: 0, silent: 0, broken: 0 }
  for (const { violation } of found) counts[outcomes[violation.invariant] ?? "broken"] += 1
  return counts
}

/** The line that a script reads. */
export function lastLine({ years, warnings, found, hash }: RunReport): string {
  const { lost, silent, broken } = countsOf(found)
  const counts = `${lost} lost, ${silent} silent${broken === 0 ? "" : `, ${broken} broken`}`
  return `${Number(years.toFixed(3))} network-years, ${warnings} warnings, ${counts}, hash ${hash}`
}
