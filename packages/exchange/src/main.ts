/** The exchange as a process of its own, started by the launcher. */

import { jsonLines } from "@tearline/core"

import { systemClock } from "./clock.ts"
import { readConfig } from "./config.ts"
import { runUntilStopped } from "./process.ts"
import { runExchange } from "./run.ts"

const clock = systemClock()
const diagnostics = jsonLines(clock, (line) => process.stderr.write(line))

await runUntilStopped(diagnostics, async (configuration) => {
  const running = await runExchange(readConfig(configuration), { clock, diagnostics })
  return { ready: { pid: process.pid }, close: () => running.close() }
})
