/** What is mistyped is told as such, and is never taken for a finding. */

import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

import { expect, test } from "vitest"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const quiet = "--disable-warning=ExperimentalWarning"

test.each([
  ["--target", "statement"],
  ["--seconds", "-1"],
  ["--seconds", "soon"],
  ["--runs", "0"],
  ["--runs"],
  ["--signal", "none"],
  ["nothing"],
])("exit code 2 and a hint for: %s %s", (...flags) => {
  const { status, stderr } = spawnSync(process.execPath, [quiet, main, ...flags])
  expect(stderr.toString()).toMatch(/^fuzz: .*\nhint: npm run fuzz/s)
  expect(status).toBe(2)
})
