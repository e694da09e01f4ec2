/** An exchange of a trial: the real one, under a wall clock that may be wrong. */

import { jsonLines } from "@tearline/core"
import {
  announce,
  configurationText,
  onStop,
  readConfig,
  runExchange,
  type RunningExchange,
} from "@tearline/exchange"

import { wrongClock } from "../clock/wrong-clock.ts"

const clock = wrongClock()
const diagnostics = jsonLines(clock, (line) => process.stderr.write(line))
let running: RunningExchange | undefined

onStop(() => {
  void (async () => {
    await running?.close()
    process.exit(0)
  })()
})

running = await runExchange(readConfig(configurationText()), { clock, diagnostics })
announce({ pid: process.pid })
