/** An exchange of the devnet: the real one, on the clock of the episode. */

import { jsonLines } from "@tearline/core"
import {
  announce,
  configurationText,
  onStop,
  readConfig,
  runExchange,
  type RunningExchange,
  systemClock,
} from "@tearline/exchange"

import { beSteered, startingClock } from "../clock/steered.ts"

const clock = startingClock()
// Diagnostics are for whoever looks after the machine: they keep the machine's time.
const diagnostics = jsonLines(systemClock(), (line) => process.stderr.write(line))
let running: RunningExchange | undefined

onStop(() => {
  void (async () => {
    await running?.close()
    process.exit(0)
  })()
})

running = await runExchange(readConfig(configurationText()), { clock, diagnostics })
beSteered(clock, running)
announce({ pid: process.pid })
