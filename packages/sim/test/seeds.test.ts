import { readFileSync } from "node:fs"

import { expect, test } from "vitest"

import { simulate, type SimulationOptions } from "@tearline/sim"

interface Line {
  readonly seed: string
  readonly options: Pick<SimulationOptions, "years" | "organisations">
  readonly found: string
}

function seeds(): Line[] {
  const text = readFileSync(new URL("../seeds.txt", import.meta.url), "utf8")
  const lines = text.split("\n").filter((it) => it !== "" && !it.startsWith("#"))
  return lines.map((line) => {
    const [seed = "", options = "{}", found = ""] = line.split("|").map((it) => it.trim())
    return { seed, options: JSON.parse(options) as Line["options"], found }
  })
}

test.each(seeds())(
  "seed $seed finds nothing any more: $found",
  async ({ seed, options }) => {
    const { violation } = await simulate({ seed, ...options })
    expect(violation?.message).toBeUndefined()
  },
  300_000,
)
