import { flushCompileCache } from "node:module"

/**
 * Gives up the one right that starting needs: to keep the compiled code of its own modules, which
 * halves the time and memory of the next start. From here on this process writes no file.
 */
export function giveUpWriting(): void {
  flushCompileCache()
  process.permission?.drop("fs.write")
}
