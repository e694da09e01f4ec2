#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --disable-sigusr1
/** `tearline`, as a process. */

import { runProgram } from "./program.ts"

// Whoever read the output has enough: `tearline inbox | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 4)
})

process.exitCode = await runProgram(process.argv.slice(2))
