/** Processes as the kernel lists them (Linux, /proc): children by what they run. */

import { readFileSync } from "node:fs"

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
