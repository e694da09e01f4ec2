/** Everything but the tests that must hold before a change lands, all at once: `npm run check`. */

import { spawn } from "node:child_process"
import { mkdirSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"

const root = join(import.meta.dirname, "..")

const checks: Readonly<Record<string, string>> = {
  format: "oxfmt --check",
  lint: "oxlint --type-aware --deny-warnings",
  "types (tests)": "tsc -p tsconfig.json",
  "types (source)": "tsc -p tsconfig.source.json",
  "types (pure)": "tsc -p tsconfig.pure.json",
  unused: "knip --treat-config-hints-as-errors",
}

const path = [join(root, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"] ?? ""]

async function run(command: string): Promise<{ passed: boolean; output: string }> {
  const env = { ...process.env, PATH: path.join(delimiter) }
  const child = spawn(command, { shell: true, cwd: root, env })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()))
  }
  const { promise, resolve } = Promise.withResolvers<number | null>()
  child.on("close", resolve)
  return { passed: (await promise) === 0, output }
}

mkdirSync(join(root, ".cache"), { recursive: true })
const started = performance.now()
const results = await Promise.all(
  Object.entries(checks).map(async ([name, command]) => {
    const result = await run(command)
    const elapsedMs = Math.round(performance.now() - started)
    console.log(`${result.passed ? "ok  " : "FAIL"} ${name} (${elapsedMs} ms)`)
    return { command, ...result }
  }),
)
for (const { passed, command, output } of results) {
  if (!passed) console.log(`\n$ ${command}\n${output}`)
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1
