import { expect, test } from "vitest"

import { commands } from "../src/commands/all.ts"
import { helpText } from "../src/help-text.ts"
import { helpPage } from "./help-page.ts"

test("the page of the command line is the program's own help", async () => {
  await expect(helpPage(commands)).toMatchFileSnapshot("../../../docs/operating/command-line.md")
})

test("every command has an example, and every example names its command", () => {
  for (const { name, examples } of commands) {
    expect(examples.length, name).toBeGreaterThan(0)
    for (const example of examples) expect(example).toContain(`tearline ${name}`)
  }
})

test("no help text is wider than a terminal, but for examples", () => {
  for (const command of commands) {
    const lines = helpText(command).split("\n")
    const ends = lines.findIndex((line) => /^examples?:$/.test(line))
    expect(lines.slice(0, ends).filter((line) => line.length > 100)).toEqual([])
  }
})
