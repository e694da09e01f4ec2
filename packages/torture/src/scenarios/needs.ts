/** What a scenario may need of the machine, as sentences for whoever lacks it. */

/** Processes and their children are read from /proc. */
export function linuxOnly(): readonly string[] {
  return process.platform === "linux" ? [] : ["Linux: it finds processes in /proc"]
}
