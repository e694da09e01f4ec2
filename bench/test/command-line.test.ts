import { expect, test } from "vitest"

import { readCommandLine } from "../src/command-line.ts"

const read = (...args: readonly string[]): unknown => {
  try {
    return readCommandLine(args)
  } catch (error) {
    return error
  }
}

test("help names every bench, and the help of one each of its flags with what is usual", () => {
  for (const word of ["help", "--help", "-h"]) {
    expect(read(word)).toMatchObject({ kind: "help", text: expect.stringMatching(/ delivery .*/) })
  }
  for (const args of [
    ["help", "delivery"],
    ["delivery", "--help"],
    ["delivery", "-h"],
  ]) {
    const asked = read(...args) as { readonly text: string }
    for (const word of ["--warm-up N", "--partners N", "30 unless told", "--json"]) {
      expect(asked.text).toContain(word)
    }
  }
  expect((read("sim", "--help") as { readonly text: string }).text).toContain("--years Y")
})

test.each([
  [[], "there are: delivery, sim"],
  [["delivry"], "did you mean delivery?"],
  [["help", "sin"], "did you mean sim?"],
  [["sim", "--yeers", "1"], "did you mean --years?"],
  [["sim", "--count", "1"], "see npm run bench -- help sim"],
  [["delivery", "--count", "0"], "see npm run bench -- help delivery"],
  [["delivery", "--count"], "see npm run bench -- help delivery"],
  [["delivery", "again"], "see npm run bench -- help delivery"],
])("what has no meaning is refused, with what was most likely meant: %j", (args, hint) => {
  expect(read(...args)).toMatchObject({ code: "wrong_usage", hint: expect.stringContaining(hint) })
})

test("a flag that is not given has its usual value", () => {
  const asked = readCommandLine(["delivery", "--partners", "0"])
  expect(asked.kind === "run" && [asked.count("partners"), asked.count("count")]).toEqual([0, 300])
  const sim = readCommandLine(["sim", "--json"])
  expect(sim.kind === "run" && [sim.text("years"), sim.isJson]).toEqual(["0.25", true])
})
