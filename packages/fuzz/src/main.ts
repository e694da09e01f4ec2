/** `npm run fuzz`, as a process. */

import { runFuzz } from "./program.ts"

process.exitCode = await runFuzz(process.argv.slice(2))
