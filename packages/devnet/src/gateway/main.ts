/** A gateway of the devnet: the real one, on the clock of the episode. */

import { jsonLines } from "@tearline/core"
import {
  announce,
  configurationText,
  onStop,
  readConfig,
  runGateway,
  type RunningGateway,
  systemClock,
} from "@tearline/gateway"

import { beSteered, startingClock } from "../clock/steered.ts"

const clock = startingClock()
// Diagnostics are for whoever looks after the machine: they keep the machine's time.
const diagnostics = jsonLines(systemClock(), (line) => process.stderr.write(line))
let running: RunningGateway | undefined

onStop(() => {
  void (async () => {
    await running?.close()
    process.exit(0)
  })()
})

running = await runGateway(readConfig(configurationText()), { clock, diagnostics })
beSteered(clock, running)
announce({ outerPort: running.outerPort, innerPort: running.innerPort })
