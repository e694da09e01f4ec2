/**
 * What a child process owes its launcher: read the configuration from one inherited pipe, stop when
 * the other ends, say once when it is ready.
 *
 * The same few lines stand in gateway and exchange: neither may import the other, and what both may
 * import is pure or about something else.
 */

import { readFileSync, writeSync } from "node:fs"
import { Socket } from "node:net"

const configurationPipe = 3
const launcherPipe = 4

/** The whole configuration document. */
export function configurationText(): string {
  return readFileSync(configurationPipe, "utf8")
}

/** Calls back once when asked to stop, or when the launcher is gone however it went. */
export function onStop(stop: () => void): void {
  let isStopping = false
  const once = () => {
    if (!isStopping) stop()
    isStopping = true
  }
  process.on("SIGTERM", once)
  process.on("SIGINT", once)
  const launcher = new Socket({ fd: launcherPipe, readable: true, writable: false })
  launcher.on("close", once)
  launcher.on("error", once)
  launcher.resume()
}

/** The one line on standard output. */
export function announce(ready: Readonly<Record<string, string | number>>): void {
  writeSync(1, `${JSON.stringify({ event: "ready", ...ready })}\n`)
}
