/** A gateway of the devnet: the real one, on the clock of the episode. */

import { jsonLines } from "@tearline/core"
import { readConfig, runGateway, runUntilStopped, systemClock } from "@tearline/gateway"

import { beSteered, startingClock } from "../clock/steered.ts"

const clock = startingClock()
// Diagnostics are for whoever looks after the machine: they keep the machine's time.
const diagnostics = jsonLines(systemClock(), (line) => process.stderr.write(line))

await runUntilStopped(diagnostics, async (configuration) => {
  const running = await runGateway(readConfig(configuration), { clock, diagnostics })
  beSteered(clock, running)
  const { outerPort, innerPort } = running
  return { ready: { outerPort, innerPort }, close: () => running.close() }
})
