/** The mover as a process of its own, started by the launcher beside the gateway. */

import { jsonLines } from "@tearline/core"

import { systemClock } from "../clock.ts"
import { runUntilStopped } from "../process.ts"
import { readSeamConfig } from "./config.ts"
import { startMover } from "./mover.ts"

const diagnostics = jsonLines(systemClock(), (line) => process.stderr.write(line))

await runUntilStopped(diagnostics, (configuration) => {
  const running = startMover(readSeamConfig(configuration), diagnostics)
  return { ready: { pid: process.pid }, close: () => running.close() }
})
