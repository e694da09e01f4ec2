/** `npm run episode`, as a process. */

import { runEpisode } from "./program.ts"

// Node announces each experimental algorithm that suite 1 uses, among what people came to read.
process.removeAllListeners("warning")

process.exitCode = await runEpisode(process.argv.slice(2))
