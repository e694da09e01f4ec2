/** `npm run sim`, as a process. */

import { runSim } from "./program.ts"

process.exitCode = await runSim(process.argv.slice(2))
