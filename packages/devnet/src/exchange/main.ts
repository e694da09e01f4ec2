/** An exchange of the devnet: the real one, on the clock of the episode. */

import { jsonLines } from "@tearline/core"
import { readConfig, runExchange, runUntilStopped, systemClock } from "@tearline/exchange"

import { beSteered, startingClock } from "../clock/steered.ts"

const clock = startingClock()
// Diagnostics are for whoever looks after the machine: they keep the machine's time.
const diagnostics = jsonLines(systemClock(), (line) => process.stderr.write(line))

await runUntilStopped(diagnostics, async (configuration) => {
  const running = await runExchange(readConfig(configuration), { clock, diagnostics })
  beSteered(clock, running)
  return { ready: { pid: process.pid }, close: () => running.close() }
})
