/**
 * What a child process owes its launcher: read the configuration from one inherited pipe, stop when
 * the other ends, say once when it is ready, and say by a code why it ends otherwise.
 *
 * The same few lines stand in gateway and exchange: neither may import the other, and what both may
 * import is pure or about something else.
 */

import { readFileSync, writeSync } from "node:fs"
import { Socket } from "node:net"

import type { Diagnostics } from "@tearline/core"

import { codeOf } from "./exchange-error.ts"

const configurationPipe = 3
const launcherPipe = 4

/** Calls back once when asked to stop, or when the launcher is gone however it went. */
function onStop(stop: () => void): void {
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

/** What a process has become once it is ready. */
export interface Started {
  /** Said in the one line on standard output. */
  readonly ready: Readonly<Record<string, string | number>>
  readonly close: () => Promise<void>
}

/** Runs what `start` makes of the configuration document until the launcher wants an end. */
export async function runUntilStopped(
  diagnostics: Diagnostics,
  start: (configuration: string) => Started | Promise<Started>,
): Promise<void> {
  let started: Started | undefined
  // An error's message may quote bytes of a peer or content: only the code is written.
  const end = (event: string, error: unknown): never => {
    const name = error instanceof Error ? error.name : "unknown"
    diagnostics("error", event, { code: codeOf(error), name })
    process.exit(1)
  }
  onStop(() => {
    void (async () => {
      await started?.close()
      process.exit(0)
    })()
  })
  process.on("uncaughtException", (error) => end("uncaught", error))
  try {
    started = await start(readFileSync(configurationPipe, "utf8"))
    writeSync(1, `${JSON.stringify({ event: "ready", ...started.ready })}\n`)
  } catch (error) {
    end("not_started", error)
  }
}
