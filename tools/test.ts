/** Runs every test, or those that the arguments name: `npm test`, `npm test -- packages/core`. */

import { spawn } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
const vectors = process.env["TEARLINE_VECTORS"] ?? join(root, "..", "shared", "vectors")

if (!existsSync(vectors) || readdirSync(vectors).length === 0) {
  console.log("public test vectors not found: set TEARLINE_VECTORS to run them; going on without")
}

const vitest = join(root, "node_modules/vitest/vitest.mjs")
// The hybrid key encapsulation is marked experimental in the API only; workers are told so too.
const quiet = "--disable-warning=ExperimentalWarning"
const options = [process.env["NODE_OPTIONS"], quiet].filter(Boolean).join(" ")
const child = spawn(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, NODE_OPTIONS: options },
})
child.on("exit", (code) => {
  process.exitCode = code ?? 1
})
