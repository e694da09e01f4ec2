/** The harness's own manners, without starting a node. */

import { execFileSync, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

import { describe, expect, it } from "vitest"

import { scenarioNames } from "@tearline/torture"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const quiet = "--disable-warning=ExperimentalWarning"

function torture(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [quiet, main, ...args])
  return { status, out: stdout.toString(), error: stderr.toString() }
}

describe("the command line", () => {
  it("names every scenario in its help", () => {
    const out = execFileSync(process.execPath, [quiet, main, "help"]).toString()
    for (const name of scenarioNames()) expect(out).toContain(`  ${name} `)
  })

  it("names the flags of each scenario, in all helps and in its own", () => {
    for (const { out, status } of [torture("help"), torture("io-error", "--help")]) {
      for (const flag of ["--rounds", "--starts", "--flips", "--seed"]) expect(out).toContain(flag)
      expect(out).not.toContain("--COUNT")
      expect(status).toBe(0)
    }
    expect(torture("help", "kil").error).toContain("did you mean kill?")
  })

  it("takes no flag that the scenario does not have, and names the nearest", () => {
    const { status, error } = torture("kill", "--round", "3")
    expect(error).toContain("kill takes no --round")
    expect(error).toContain("did you mean --rounds?")
    expect(status).toBe(2)
  })

  it("takes no scenario that there is not, and names the nearest", () => {
    const { status, error } = torture("kil")
    expect(error).toContain("did you mean kill?")
    expect(status).toBe(2)
  })

  it.each([["--rounds", "0"], ["--rounds", "many"], ["--rounds"]])(
    "takes no count that is none: %s %s",
    (...flags) => {
      expect(torture("kill", ...flags).status).toBe(2)
    },
  )
})
