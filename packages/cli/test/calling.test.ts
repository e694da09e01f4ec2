import { expect, test } from "vitest"

import { asCalled, dirIn } from "../src/calling.ts"
import { readEnvironment } from "../src/environment.ts"

test("a command is printed as the program was called, for the node that was named", () => {
  const npm = readEnvironment({ npm_lifecycle_event: "tearline" })
  const { program } = readEnvironment({ npm_lifecycle_event: "test" })
  expect(asCalled("next: tearline read 3fa9", { program, dir: undefined })).toBe(
    "next: tearline read 3fa9",
  )
  expect(asCalled("next: tearline read-back 3fa9", { program, dir: "./alder" })).toBe(
    "next: tearline read-back --dir ./alder 3fa9",
  )
  const both = { program: npm.program, dir: "my node" }
  expect(asCalled("see them with: tearline peer list", both)).toBe(
    "see them with: npm run -s tearline -- peer list --dir 'my node'",
  )
})

test("a command that names its folder keeps it, and help needs none", () => {
  const calling = { program: "tearline", dir: "./alder" }
  for (const text of [
    "start it with: tearline up --dir /srv/birch",
    "see tearline read-back --help",
    "see tearline peer add --help",
    "see tearline help warn",
    "make one with: tearline init --name NAME --dir /srv/birch, or name its folder with --dir",
  ]) {
    expect(asCalled(text, calling)).toBe(text)
  }
})

test("the folder is known before the flags are checked", () => {
  expect(dirIn(["show", "--dir", "./alder"])).toBe("./alder")
  expect(dirIn(["show", "--dir=./alder"])).toBe("./alder")
  expect(dirIn(["show"])).toBeUndefined()
})
