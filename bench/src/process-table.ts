/** CPU and memory of processes and their children, as the kernel counts them (Linux, /proc). */

import { readdirSync, readFileSync } from "node:fs"

const nanosecondsPerMs = 1e6

/** CPU milliseconds of this process so far, all threads. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function parentsById(): Map<number, number> {
  const parents = new Map<number, number>()
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8")
      // The command stands in parentheses and may hold anything, parentheses included.
      const [, parent = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
      parents.set(Number(name), Number(parent))
    } catch {
      // It has ended since the folder was listed.
    }
  }
  return parents
}

/** A process and everything that descends from it, but for what descends from `others`. */
function familyOf(root: number, others: readonly number[] = []): number[] {
  const parents = parentsById()
  const excluded = new Set(others.filter((it) => it !== root))
  const found = new Set([root])
  let size = 0
  while (found.size > size) {
    size = found.size
    for (const [id, parent] of parents) {
      if (found.has(parent) && !excluded.has(id)) found.add(id)
    }
  }
  return [...found]
}

/** CPU milliseconds of one process so far, all threads; 0 for one that has ended. */
export function cpuMs(id: number): number {
  try {
    return readdirSync(`/proc/${id}/task`).reduce((sum, task) => {
      const [onCpu = "0"] = readFileSync(`/proc/${id}/task/${task}/schedstat`, "utf8").split(" ")
      return sum + Number(onCpu) / nanosecondsPerMs
    }, 0)
  } catch {
    return 0
  }
}

/** A figure of each named process and its own descendants. */
export function byProcess(
  roots: Readonly<Record<string, number>>,
  figure: (id: number) => number,
): Record<string, number> {
  const ids = Object.values(roots)
  const entries = Object.entries(roots).map(([name, root]) => [
    name,
    familyOf(root, ids).reduce((sum, id) => sum + figure(id), 0),
  ])
  return Object.fromEntries(entries) as Record<string, number>
}

/** Proportional set size of one process in bytes: shared pages counted by share. */
export function pssBytes(id: number): number {
  try {
    const [, kilobytes = "0"] =
      /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8")) ?? []
    return Number(kilobytes) * 1_024
  } catch {
    return 0
  }
}
