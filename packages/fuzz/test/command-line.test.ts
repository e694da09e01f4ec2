import { expect, test } from "vitest"

import { readCommandLine } from "../src/command-line.ts"
import { targetNames } from "../src/index.ts"

const refused = (...args: readonly string[]): unknown => {
  try {
    return readCommandLine(args)
  } catch (error) {
    return error
  }
}

test("a mistyped flag or target is refused with the nearest that there is", () => {
  expect(refused("--secnds", "3")).toMatchObject({
    code: "wrong_usage",
    hint: expect.stringContaining("did you mean --seconds?"),
  })
  expect(refused("drpo")).toMatchObject({
    code: "wrong_usage",
    hint: expect.stringContaining("did you mean drop?"),
  })
  // What is to be typed stands there whole.
  expect(refused("nothing")).toMatchObject({ hint: "see them with: npm run fuzz -- --list" })
  expect(refused("--nothing")).toMatchObject({ hint: "see npm run fuzz -- --help" })
})

test.each([
  [["--runs", "0"]],
  [["--runs", "1.5"]],
  [["--seconds", "many"]],
  [["--seconds"]],
  [["--seconds", "-1"]],
  [["--runs"]],
  [["--target", "statement"]],
  [["nothing"]],
  [["--keep=yes"]],
  [["--signal", "noise"]],
])("what has no meaning is refused: %s", (args) => {
  expect(refused(...args)).toMatchObject({ code: "wrong_usage" })
})

test("help and the list of targets are told and nothing is run", () => {
  for (const word of ["help", "--help", "-h"]) {
    expect(refused(word)).toMatchObject({ kind: "told" })
  }
  expect(refused("--list")).toEqual({ kind: "told", lines: targetNames })
})

test("all targets share the time, and a number of runs has an end too", () => {
  expect(refused()).toMatchObject({ kind: "run", targets: targetNames, seconds: 60 })
  expect(refused("drop", "drop", "--runs", "9")).toMatchObject({
    targets: ["drop"],
    runs: 9,
    seconds: 3_600,
  })
  expect(refused("drop", "--runs", "9", "--seconds", "5")).toMatchObject({ seconds: 5 })
})
