/** What a run tells at its end. */

import {
  simulate,
  threadOfInterest,
  type Report,
  type SimulationOptions,
} from "./world/simulation.ts"

const leastShown = 12

export interface Summary {
  readonly years: number
  readonly warnings: number
  readonly events: number
  readonly faults: number
  readonly cpuSeconds: number
  readonly violation: string | null
  readonly atMs: number | null
  readonly tooRare: readonly string[]
  readonly rare: Readonly<Record<string, number>>
  readonly story: readonly string[]
  readonly hash: string
  /** The same for people. */
  readonly lines: readonly string[]
}

export function summaryOf(report: Report, story: readonly string[], cpuSeconds: number): Summary {
  const { years, warnings, events, faults, violation, tooRare, rare, hash } = report
  return {
    years,
    warnings,
    events,
    faults,
    cpuSeconds,
    violation: violation?.message ?? null,
    atMs: violation?.atMs ?? null,
    tooRare,
    rare: Object.fromEntries(rare),
    story,
    hash,
    lines: linesOf(report, cpuSeconds),
  }
}

function linesOf(report: Report, cpuSeconds: number): string[] {
  const { years, events, faults, violation, tooRare, rare } = report
  const least = [...rare].toSorted(([, a], [, b]) => a - b).slice(0, leastShown)
  const perMinute = (years / cpuSeconds) * 60
  const broken = violation && [
    `broken: ${violation.message}`,
    `  at ${new Date(violation.atMs).toISOString()}, thread ${violation.thread ?? "none"}`,
  ]
  return [
    `${rare.size} rare states, least seen:`,
    ...least.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
    ...tooRare.map((it) => `seen too seldom: ${it}`),
    `${events} events, ${faults} faults, ${cpuSeconds.toFixed(1)} s of CPU, ` +
      `${perMinute.toFixed(2)} network-years in a CPU-minute`,
    ...(broken ?? []),
  ]
}

/** The story of the warning that a violation is about, told by a second run. */
export async function newStory(
  options: SimulationOptions,
  report: Report,
): Promise<readonly string[]> {
  const thread = threadOfInterest(report)
  if (thread === undefined) return report.story
  const again = await simulate({ ...options, trace: thread })
  return again.story
}

const lostBy = new Set(["I1", "I2", "I12"])

/** The line that a script reads. */
export function lastLine({ years, warnings, violation, hash }: Report): string {
  const isLost = violation !== undefined && lostBy.has(violation.invariant)
  const isSilent = violation !== undefined && !isLost
  const counts = `${isLost ? 1 : 0} lost, ${isSilent ? 1 : 0} silent`
  return `${Number(years.toFixed(3))} network-years, ${warnings} warnings, ${counts}, hash ${hash}`
}
