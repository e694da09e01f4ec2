/** The exchange as a process of its own, started by the launcher. */

import { jsonLines } from "@tearline/core"

import { systemClock } from "./clock.ts"
import { readConfig } from "./config.ts"
import { codeOf } from "./exchange-error.ts"
import { announce, configurationText, onStop } from "./process.ts"
import { runExchange, type RunningExchange } from "./run.ts"

const clock = systemClock()
const diagnostics = jsonLines(clock, (line) => process.stderr.write(line))
let running: RunningExchange | undefined

onStop(() => {
  void (async () => {
    await running?.close()
    process.exit(0)
  })()
})
process.on("uncaughtException", (error) => {
  // Its message may quote content: only the code is written.
  diagnostics("error", "uncaught", { code: codeOf(error), name: error.name })
  process.exit(1)
})

try {
  running = await runExchange(readConfig(configurationText()), { clock, diagnostics })
  announce({ pid: process.pid })
} catch (error) {
  diagnostics("error", "not_started", { code: codeOf(error) })
  process.exit(1)
}
