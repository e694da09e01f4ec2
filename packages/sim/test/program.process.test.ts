/** What `npm run sim` says and with which code it ends. */

import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

import { describe, expect, it } from "vitest"

import { plants } from "@tearline/sim"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const small = ["--years", "0.002", "--orgs", "2", "--no-replay"]
/** Only stops a hang: other work may share the machine. */
const patienceMs = 120_000

function sim(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args])
  return { status, out: stdout.toString(), error: stderr.toString() }
}

describe("the command line", () => {
  it("names every option and every plant in its help", () => {
    const { status, out } = sim("--help")
    expect(status).toBe(0)
    const words = ["--trace", "--no-replay", "from two years on"]
    for (const word of [...Object.keys(plants), ...words]) {
      expect(out).toContain(word)
    }
  })

  it.each([
    [["--yeers", "3"], "did you mean --years?"],
    [["--constructor"], "sim takes no --constructor"],
    [["again"], "one word too many"],
    [["--plant", "gap-forgoten"], "did you mean gap-forgotten?"],
    [["--plant", "toString"], "there are: "],
    [["--seed"], "--seed needs a value"],
    [["--json=yes"], "--json takes no value"],
    [["--years", "0"], "--years takes a number above 0"],
    [["--orgs", "1"], "--orgs takes a whole number from 2 up"],
    [["--trace", "0001"], "32 hexadecimal digits"],
    [["--trace", "first", "--years", "2"], "--trace tells of one world"],
  ])("%j is wrong usage, and no stack trace", (args, words) => {
    const { status, error } = sim(...args)
    expect(error).toContain(words)
    expect(error).not.toContain("    at ")
    expect(status).toBe(2)
  })

  it(
    "a story of a thread in which nothing was said is no success",
    () => {
      const { status, error } = sim(...small, "--trace", "ab".repeat(16))
      expect(error).toContain("nothing was said in thread abab")
      expect(status).toBe(2)
    },
    patienceMs,
  )

  it(
    "prints one document and nothing else where one is asked for, and progress beside it",
    () => {
      const { status, out, error } = sim(...small, "--json")
      expect(JSON.parse(out)).toMatchObject({ counts: { lost: 0, silent: 0, broken: 0 } })
      expect(error).toContain("of 0.002 years")
      expect(status).toBe(0)
    },
    patienceMs,
  )

  it(
    "ends with the line that a script reads",
    () => {
      const { out } = sim(...small)
      const last = out.trimEnd().split("\n").at(-1)
      expect(last).toMatch(
        /^0\.002 network-years, \d+ warnings, 0 lost, 0 silent, hash [0-9a-f]{16}$/,
      )
    },
    patienceMs,
  )
})
