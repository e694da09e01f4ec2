/** The gateway as a process of its own, started by the launcher under the permission flags. */

import { jsonLines } from "@tearline/core"

import { systemClock } from "./clock.ts"
import { readConfig } from "./config.ts"
import { runUntilStopped } from "./process.ts"
import { runGateway } from "./run.ts"

const clock = systemClock()
const diagnostics = jsonLines(clock, (line) => process.stderr.write(line))

await runUntilStopped(diagnostics, async (configuration) => {
  const running = await runGateway(readConfig(configuration), { clock, diagnostics })
  const { outerPort, innerPort } = running
  return { ready: { outerPort, innerPort }, close: () => running.close() }
})
