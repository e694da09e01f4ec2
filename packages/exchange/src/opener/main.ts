/**
 * The opener: the one place in which a peer's bytes are decrypted.
 *
 * A process of its own, without network, database, environment or children, and replaced often:
 * what a malicious envelope could make of it holds no signing key and cannot speak to anybody but
 * the exchange that started it. docs/decisions/0009-opener.md.
 *
 * Its one argument is the folder of compiled code. It may write there while it loads its own
 * modules, which are all that this file imports before the right is given up.
 */

import { enableCompileCache, flushCompileCache } from "node:module"

const [codeCache] = process.argv.slice(2)
if (codeCache !== undefined) enableCompileCache(codeCache)
const { serveOpenings } = await import("./openings.ts")
// Kept for the next opener. From here on this one writes no file, and only now it is ready.
flushCompileCache()
process.permission?.drop("fs.write")
serveOpenings()
