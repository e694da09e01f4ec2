/**
 * Whole loops as text: commands above the dashes, everything that follows from them below.
 *
 * The files are the quickest way to see what the exchange does. After a change of behaviour run
 * `npx vitest run packages/core/test/scenarios.test.ts -u` and read the difference.
 */

import { globSync, readFileSync } from "node:fs"
import path from "node:path"

import { expect, test } from "vitest"

import { startScenario } from "./fixtures/scenario.ts"

const folder = path.join(import.meta.dirname, "scenarios")

for (const name of globSync("*.txt", { cwd: folder }).toSorted()) {
  test(`scenario ${name.replace(".txt", "").replaceAll("-", " ")}`, async () => {
    const file = path.join(folder, name)
    const scenario = startScenario()
    const blocks: string[] = []
    for (const block of readFileSync(file, "utf8")
      .trimEnd()
      .split(/\n\n(?=[^\n])/)) {
      const lines = block.split("\n")
      const dashes = lines.indexOf("----")
      const commands = dashes < 0 ? lines : lines.slice(0, dashes)
      const output: string[] = []
      for (const command of commands) output.push(...(await scenario.run(command)))
      blocks.push([...commands, "----", ...output].join("\n"))
    }
    await expect(`${blocks.join("\n\n")}\n`).toMatchFileSnapshot(file)
  })
}
