/** `npm start`, as a process. */

import { runDevnet } from "./program.ts"

// Node announces each experimental algorithm that suite 1 uses, among what people came to read.
process.removeAllListeners("warning")

process.exitCode = await runDevnet(process.argv.slice(2))
