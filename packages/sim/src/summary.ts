/** What a run tells at its end. */

import type { FoundIn, RunReport } from "./run/combined.ts"

const leastShown = 12

export interface Summary {
  readonly years: number
  readonly warnings: number
  readonly events: number
  readonly faults: number
  /** Of all threads. */
  readonly cpuSeconds: number
  readonly found: readonly FoundIn[]
  readonly tooRare: readonly string[]
  readonly rare: Readonly<Record<string, number>>
  readonly story: readonly string[]
  readonly hash: string
  /** The same for people. */
  readonly lines: readonly string[]
}

export function summaryOf(
  report: RunReport,
  story: readonly string[],
  cpuSeconds: number,
): Summary {
  const { years, warnings, events, faults, found, tooRare, rare, hash } = report
  return {
    years,
    warnings,
    events,
    faults,
    cpuSeconds,
    found,
    tooRare,
    rare: Object.fromEntries(rare),
    story,
    hash,
    lines: linesOf(report, cpuSeconds),
  }
}

function linesOf(report: RunReport, cpuSeconds: number): string[] {
  const { years, events, faults, found, tooRare, rare } = report
  const least = [...rare].toSorted(([, a], [, b]) => a - b).slice(0, leastShown)
  const perMinute = (years / cpuSeconds) * 60
  return [
    `${rare.size} rare states, least seen:`,
    ...least.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
    ...tooRare.map((it) => `seen too seldom: ${it}`),
    ...found.flatMap(brokenLines),
    `${rare.get("own message lost that nobody else had") ?? 0} lost by restores that nobody else had`,
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

const lostBy = new Set(["I1", "I2", "I12"])

/** The line that a script reads. */
export function lastLine({ years, warnings, found, hash }: RunReport): string {
  const lost = found.filter(({ violation }) => lostBy.has(violation.invariant)).length
  const counts = `${lost} lost, ${found.length - lost} silent`
  return `${Number(years.toFixed(3))} network-years, ${warnings} warnings, ${counts}, hash ${hash}`
}
