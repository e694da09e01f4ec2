/** Processes as the kernel lists them (Linux, /proc): children, and CPU. */

import { readdirSync, readFileSync } from "node:fs"
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

/** CPU milliseconds so far of a process and all below it; those that have ended are not counted. */
export function cpuMsOf(pid: number): number {
  const below = childrenOf(pid).reduce((sum, it) => sum + cpuMsOf(it.pid), 0)
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
      const [onCpu = "0"] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")
      return sum + Number(onCpu) / 1e6
    }, below)
  } catch {
    return below
  }
}
