#!/usr/bin/env node
/** `tearline`, as a process. */

import { runProgram } from "./program.ts"

// Node announces each experimental algorithm that suite 1 uses, among what people came to read.
process.removeAllListeners("warning")

// Whoever read the output has enough: `tearline inbox | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 4)
})

process.exitCode = await runProgram(process.argv.slice(2))
