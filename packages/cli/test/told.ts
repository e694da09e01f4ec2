/** What anybody on the machine may see of a process, and what nobody may see there. */

import { globSync, readdirSync, readFileSync } from "node:fs"

/** Command line and environment of a process, where the system has `/proc`. */
export function toldOf(pid: number): string {
  const parts = ["cmdline", "environ"].map((name) => readFileSync(`/proc/${pid}/${name}`, "utf8"))
  return parts.join("\n").replaceAll("\0", "\n")
}

/** The processes that a process has started and that run. */
export function childrenOf(pid: number): readonly number[] {
  const all = readdirSync("/proc").filter((it) => /^\d+$/.test(it))
  return all.map(Number).filter((it) => parentOf(it) === pid)
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // After the name, which is in brackets and may hold anything: state, then parent.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])
  } catch {
    return undefined
  }
}

/** Every key, token and password of a state folder, as the lines of text that would give it away. */
export function secretsOf(dir: string): readonly string[] {
  const files = [...globSync(`${dir}/secrets/*.json`), `${dir}/postgres/secrets.json`]
  const texts = files.flatMap((file) => leavesOf(JSON.parse(readFileSync(file, "utf8"))))
  return texts.flatMap((text) => text.split("\n")).filter((line) => /^[\w+/=-]{20,}$/.test(line))
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value]
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : []
}
