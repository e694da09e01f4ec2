/** The gateway as a process of its own, started by the launcher under the permission flags. */

import { jsonLines } from "@tearline/core"

import { systemClock } from "./clock.ts"
import { readConfig } from "./config.ts"
import { codeOf } from "./gateway-error.ts"
import { announce, configurationText, onStop } from "./process.ts"
import { type RunningGateway, runGateway } from "./run.ts"

const clock = systemClock()
const diagnostics = jsonLines(clock, (line) => process.stderr.write(line))
let running: RunningGateway | undefined

onStop(() => {
  void (async () => {
    await running?.close()
    process.exit(0)
  })()
})
process.on("uncaughtException", (error) => {
  // Its message may quote bytes of a peer: only the code is written.
  diagnostics("error", "uncaught", { code: codeOf(error), name: error.name })
  process.exit(1)
})

try {
  running = await runGateway(readConfig(configurationText()), { clock, diagnostics })
  announce({ outerPort: running.outerPort, innerPort: running.innerPort })
} catch (error) {
  diagnostics("error", "not_started", { code: codeOf(error) })
  process.exit(1)
}
