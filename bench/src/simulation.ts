/**
 * `npm run bench -- sim`: how many network-years of the simulator a CPU-minute holds.
 *
 * One world in one thread, from the command line's seed. Its CPU time depends on the machine, so
 * that beside it stands what the same machine does in the same minute: turns of a plain event
 * loop.
 */

import { simulate } from "@tearline/sim"

export interface SimulationBenchOptions {
  readonly years: number
  readonly seed: string
}

export interface SimulationFigures {
  readonly years: number
  readonly warnings: number
  readonly events: number
  readonly faults: number
  readonly hash: string
  readonly cpuSeconds: number
  readonly yearsPerCpuMinute: number
  readonly eventsPerCpuSecond: number
  /** Empty `setImmediate` callbacks in a second of CPU. */
  readonly loopTurnsPerCpuSecond: number
}

const loopTurns = 1_000_000

function cpuSecondsSince(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun)
  return (user + system) / 1e6
}

async function plainLoop(): Promise<number> {
  const begun = process.cpuUsage()
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = loopTurns
  const turn = () => {
    left -= 1
    if (left === 0) resolve()
    else setImmediate(turn)
  }
  setImmediate(turn)
  await promise
  return loopTurns / cpuSecondsSince(begun)
}

export async function benchSimulation(options: SimulationBenchOptions): Promise<SimulationFigures> {
  const before = await plainLoop()
  const begun = process.cpuUsage()
  const { years, warnings, events, faults, hash } = await simulate(options)
  const cpuSeconds = cpuSecondsSince(begun)
  const after = await plainLoop()
  return {
    years,
    warnings,
    events,
    faults,
    hash,
    cpuSeconds,
    yearsPerCpuMinute: (years / cpuSeconds) * 60,
    eventsPerCpuSecond: events / cpuSeconds,
    loopTurnsPerCpuSecond: (before + after) / 2,
  }
}

export function simulationReport(figures: SimulationFigures): string {
  const { years, warnings, events, faults, hash, cpuSeconds } = figures
  const { yearsPerCpuMinute, eventsPerCpuSecond } = figures
  const verdict = yearsPerCpuMinute >= 10 ? "reached" : "short  "
  const turns = figures.loopTurnsPerCpuSecond / eventsPerCpuSecond
  const perYear = (count: number) => Math.round(count / years).toLocaleString("en")
  return [
    `${verdict}  network-years in a CPU-minute: ${yearsPerCpuMinute.toFixed(2)} (wanted: 10)`,
    `         ${Math.round(eventsPerCpuSecond)} events in a second of CPU; one costs as much as ` +
      `${turns.toFixed(1)} turns of a plain event loop (${Math.round(figures.loopTurnsPerCpuSecond)} in a second)`,
    `         a year: ${perYear(warnings)} warnings, ${perYear(events)} events, ${perYear(faults)} faults`,
    `         ${years.toFixed(3)} years in ${cpuSeconds.toFixed(1)} s of CPU, hash ${hash}`,
  ].join("\n")
}
