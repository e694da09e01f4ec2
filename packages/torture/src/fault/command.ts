/** Programs of the system that a fault is made with. */

import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"

const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

/** Whether the system has the program, where programs of the system are. */
export function hasProgram(name: string): boolean {
  return folders.some((folder) => existsSync(`${folder}/${name}`))
}

/** Runs one to its end; throws with what it said where it fails. */
export function ran(name: string, ...args: readonly string[]): string {
  const env = { ...process.env, PATH: `${folders.join(":")}:${process.env["PATH"] ?? ""}` }
  return execFileSync(name, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env })
}
