/**
 * Tells one life of a process from the next, so that a recycled process id is never taken for its
 * dead predecessor.
 *
 * The identity is the id, the boot and the moment of start. A zombie counts as dead: it holds no
 * file and answers nobody, and where PID 1 does not reap it stays for ever.
 */

import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"

/** The identity of a living process, fit for a file name; undefined when it is dead or a zombie. */
export function identify(pid: number): string | undefined {
  return process.platform === "linux" ? identifyByProc(pid) : identifyByPs(pid)
}

export function isAlive(identity: string): boolean {
  return identify(Number.parseInt(identity, 10)) === identity
}

/** The identity of this very process. */
export function ownIdentity(): string {
  const identity = identify(process.pid)
  if (identity === undefined) throw new Error("a process that runs has an identity")
  return identity
}

function identifyByProc(pid: number): string | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  } catch {
    return undefined
  }
  // The second field is the program's name, in parentheses, and may itself hold spaces and those.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  if (state === "Z" || state === "X") return undefined
  // proc(5): the start time is field 22, and `rest` begins with field 4.
  return `${pid}.${bootId()}.${rest[18]}`
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").slice(0, 8)
}

function identifyByPs(pid: number): string | undefined {
  let line: string
  try {
    line = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], { encoding: "utf8" })
  } catch {
    return undefined
  }
  const [state = "Z", ...startedAt] = line.trim().split(/\s+/)
  return state.startsWith("Z") ? undefined : `${pid}.${startedAt.join("-").replaceAll(":", "-")}`
}
