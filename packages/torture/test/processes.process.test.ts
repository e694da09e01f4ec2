import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"

import { expect, test } from "vitest"

import { cpuMsOf } from "../src/node/processes.ts"

/** A child that works until it has had so much CPU, and says so. */
const working = `
  const { spawnSync } = require("node:child_process")
  const work = "while (process.cpuUsage().user < 300_000);"
  if (process.argv[1] === "below") spawnSync(process.execPath, ["-e", work])
  else eval(work)
  console.log("done")
  process.stdin.resume()`

test.each(["itself", "below"])(
  "CPU counts by whomever it was had, the process itself or a child that has ended: %s",
  async (where) => {
    const child = spawn(process.execPath, ["-e", working, where])
    try {
      await once(child.stdout, "data")
      expect(cpuMsOf(child.pid ?? 0)).toBeGreaterThanOrEqual(290)
    } finally {
      child.kill()
      await once(child, "close")
    }
  },
)

test("a process that has ended has no CPU", () => {
  expect(cpuMsOf(spawnSync(process.execPath, ["--version"]).pid)).toBe(0)
})
