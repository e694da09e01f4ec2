/** `npm run episode`, as a process. */

import { runEpisode } from "./program.ts"

process.exitCode = await runEpisode(process.argv.slice(2))
