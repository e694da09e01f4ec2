/** A gateway of a trial: the real one, under a wall clock that may be wrong. */

import { jsonLines } from "@tearline/core"
import { readConfig, runGateway, runUntilStopped } from "@tearline/gateway"

import { wrongClock } from "../clock/wrong-clock.ts"

const clock = wrongClock()
const diagnostics = jsonLines(clock, (line) => process.stderr.write(line))

await runUntilStopped(diagnostics, async (configuration) => {
  const running = await runGateway(readConfig(configuration), { clock, diagnostics })
  const { outerPort, innerPort } = running
  return { ready: { outerPort, innerPort }, close: () => running.close() }
})
