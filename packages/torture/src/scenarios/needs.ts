/** What a scenario may need of the machine, as sentences for whoever lacks it. */

import { hasProgram } from "../fault/command.ts"

/** Processes and their children are read from /proc. */
export function linuxOnly(): readonly string[] {
  return process.platform === "linux" ? [] : ["Linux: it finds processes in /proc"]
}

/** `why`: what a user who is not root may not do. */
export function rootOnly(why: string): readonly string[] {
  return process.getuid?.() === 0 ? [] : [`root: ${why}`]
}

export function programs(...names: readonly string[]): readonly string[] {
  return names.filter((it) => !hasProgram(it)).map((it) => `the program ${it}`)
}
