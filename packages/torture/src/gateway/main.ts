/** A gateway of a trial: the real one, under a wall clock that may be wrong. */

import { jsonLines } from "@tearline/core"
import {
  announce,
  configurationText,
  onStop,
  readConfig,
  runGateway,
  type RunningGateway,
} from "@tearline/gateway"

import { wrongClock } from "../clock/wrong-clock.ts"

const clock = wrongClock()
const diagnostics = jsonLines(clock, (line) => process.stderr.write(line))
let running: RunningGateway | undefined

onStop(() => {
  void (async () => {
    await running?.close()
    process.exit(0)
  })()
})

running = await runGateway(readConfig(configurationText()), { clock, diagnostics })
announce({ outerPort: running.outerPort, innerPort: running.innerPort })
