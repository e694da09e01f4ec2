/** The list of seeds that once found something; every run replays them all. */

import { readFileSync } from "node:fs"

import type { WorldOptions } from "./plan.ts"

const file = new URL("../../seeds.txt", import.meta.url)

export interface KnownSeed {
  readonly world: WorldOptions
  readonly found: string
}

/** Each line of seeds.txt: seed, options as JSON, what it found. */
export function knownSeeds(): readonly KnownSeed[] {
  const lines = readFileSync(file, "utf8").split("\n")
  return lines
    .filter((it) => it !== "" && !it.startsWith("#"))
    .map((line) => {
      const [seed = "", options = "{}", found = ""] = line.split("|").map((it) => it.trim())
      return { world: { seed, ...(JSON.parse(options) as Omit<WorldOptions, "seed">) }, found }
    })
}

/** The line by which a world that broke is added to the list. */
export function lineOf({ seed, ...options }: WorldOptions, found: string): string {
  return `${seed} | ${JSON.stringify(options)} | ${found}`
}
