/** `npm start`, as a process. */

import { runDevnet } from "./program.ts"

process.exitCode = await runDevnet(process.argv.slice(2))
