/** An exchange of a trial: the real one, under a wall clock that may be wrong. */

import { jsonLines } from "@tearline/core"
import { readConfig, runExchange, runUntilStopped } from "@tearline/exchange"

import { wrongClock } from "../clock/wrong-clock.ts"

const clock = wrongClock()
const diagnostics = jsonLines(clock, (line) => process.stderr.write(line))

await runUntilStopped(diagnostics, async (configuration) => {
  const running = await runExchange(readConfig(configuration), { clock, diagnostics })
  return { ready: { pid: process.pid }, close: () => running.close() }
})
