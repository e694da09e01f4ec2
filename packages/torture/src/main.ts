/** `npm run torture`, as a process. */

import { runTorture } from "./program.ts"

process.exitCode = await runTorture(process.argv.slice(2))
