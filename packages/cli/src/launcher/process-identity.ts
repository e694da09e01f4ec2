/** Tells one life of a process from the next: a recycled process id is not the process it was. */

import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"

/** Process id and moment of start; `undefined` when it is dead, or a zombie, which holds nothing. */
export function identify(pid: number): string | undefined {
  return process.platform === "linux" ? byProc(pid) : byPs(pid)
}

/** Whether the process of this identity still runs. */
export function isRunning(identity: string): boolean {
  return identify(Number.parseInt(identity, 10)) === identity
}

function byProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The program's name stands in parentheses and may itself hold spaces and parentheses.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    // proc(5): the start is field 22, and `rest` begins with field 4.
    return state === "Z" || state === "X" ? undefined : `${pid}.${rest[18]}`
  } catch {
    return undefined
  }
}

function byPs(pid: number): string | undefined {
  try {
    const line = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], { stdio: "pipe" })
    const [state = "Z", ...startedAt] = line.toString().trim().split(/\s+/)
    return state.startsWith("Z") ? undefined : `${pid}.${startedAt.join("-")}`
  } catch {
    return undefined
  }
}
