/** The list of seeds that once found something; every run replays them all. */

import { appendFileSync, readFileSync } from "node:fs"

import { yearsUpTo } from "../world/simulation.ts"
import type { WorldOptions } from "./plan.ts"

const file = new URL("../../seeds.txt", import.meta.url)

/** A line of the list: a world, and what was found in it. Nothing is found in it any more. */
export interface KnownSeed {
  readonly world: WorldOptions
  readonly found: string
}

/** Each line of seeds.txt: seed, options as JSON, what it found. */
export function knownSeeds(list: URL | string = file): readonly KnownSeed[] {
  const lines = readFileSync(list, "utf8").split("\n")
  return lines
    .filter((it) => it !== "" && !it.startsWith("#"))
    .map((line) => {
      const [seed = "", options = "{}", found = ""] = line.split("|").map((it) => it.trim())
      return { world: { seed, ...(JSON.parse(options) as Omit<WorldOptions, "seed">) }, found }
    })
}

/** Whether the list can hold this seed: it ends at a bar, and a line that begins with # is none. */
export function isKeepable(seed: string): boolean {
  return /^[^\s|#]+$/.test(seed)
}

/** What broke a world. */
export interface Finding {
  readonly message: string
  /** When, in the world's own time; without it the whole world is kept. */
  readonly atMs?: number
}

/**
 * Adds a world that broke to the list, once, so that every run from now on replays it; gives the
 * line. Of its years only those are kept that lead to what was found.
 */
export function keepSeed(
  { seed, years, ...rest }: WorldOptions,
  { message, atMs }: Finding,
  list: URL | string = file,
): string {
  const options = { years: atMs === undefined ? years : yearsUpTo(years, atMs), ...rest }
  const kept = { ...options, trace: undefined }
  const head = `${seed} | ${JSON.stringify(kept)} | `
  const line = head + message.replaceAll(/[\s|]+/g, " ").trim()
  const lines = readFileSync(list, "utf8").split("\n")
  if (!lines.some((it) => it.startsWith(head))) appendFileSync(list, `${line}\n`)
  return line
}
