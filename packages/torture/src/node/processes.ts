/** Processes as the kernel lists them (Linux, /proc): children, and CPU. */

import { readFileSync } from "node:fs"
import { availableParallelism, loadavg } from "node:os"

/** Children of a process, by what is on their command line. */
export function childrenOf(
  pid: number,
): readonly { readonly pid: number; readonly line: string }[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim()
    if (listed === "") return []
    return listed.split(" ").map((child) => ({
      pid: Number(child),
      line: readFileSync(`/proc/${child}/cmdline`, "utf8").replaceAll("\0", " "),
    }))
  } catch {
    // It, or a child, has ended since.
    return []
  }
}

/** The process that opens what arrives, if the exchange has one now. */
export function openerOf(exchange: number): number | undefined {
  return childrenOf(exchange).find(({ line }) => line.includes("opener"))?.pid
}

/** A process stands still until this is disposed of; throws where there is no such process. */
export function standingStill(pid: number): Disposable {
  process.kill(pid, "SIGSTOP")
  return {
    [Symbol.dispose]: () => {
      try {
        process.kill(pid, "SIGCONT")
      } catch {
        // It has been killed meanwhile.
      }
    },
  }
}

/** Times say little without it: who else was at work on this machine. */
export function machineNote(): string {
  const [load = 0] = loadavg()
  return `load of this machine in the last minute: ${load.toFixed(1)} on ${availableParallelism()} cores`
}

/** What Linux counts CPU in here, on every machine. */
const msPerTick = 10

/** CPU milliseconds so far of a process and all below it, also of those that have ended. */
export function cpuMsOf(pid: number): number {
  const below = childrenOf(pid).reduce((sum, it) => sum + cpuMsOf(it.pid), 0)
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // Its own two times and those of its children that have ended. The command stands in
    // parentheses and may hold anything, parentheses included.
    const ticks = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 15)
    return ticks.reduce((sum, it) => sum + Number(it) * msPerTick, below)
  } catch {
    return below
  }
}
