/** The mover as a process of its own, started by the launcher beside the gateway. */

import { jsonLines } from "@tearline/core"

import { systemClock } from "../clock.ts"
import { codeOf } from "../exchange-error.ts"
import { announce, configurationText, onStop } from "../process.ts"
import { readSeamConfig } from "./config.ts"
import { type RunningMover, startMover } from "./mover.ts"

const diagnostics = jsonLines(systemClock(), (line) => process.stderr.write(line))
let running: RunningMover | undefined

onStop(() => {
  void (async () => {
    await running?.close()
    process.exit(0)
  })()
})
process.on("uncaughtException", (error) => {
  diagnostics("error", "uncaught", { code: codeOf(error), name: error.name })
  process.exit(1)
})

try {
  running = startMover(readSeamConfig(configurationText()), diagnostics)
  announce({ pid: process.pid })
} catch (error) {
  diagnostics("error", "not_started", { code: codeOf(error) })
  process.exit(1)
}
