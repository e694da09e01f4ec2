/** The episodes of this repository, by name. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

import { CliError, nearestHint } from "@tearline/cli"

import { type Episode, readEpisode } from "./episode.ts"

const home = fileURLToPath(new URL("../../../../episodes", import.meta.url))

/** The names of the episodes that there are. */
export function episodeNames(): readonly string[] {
  return readdirSync(home)
    .filter((name) => existsSync(`${home}/${name}/episode.json`))
    .toSorted()
}

/**
 * The episode of this name.
 *
 * @throws CliError `wrong_usage` with the nearest name where there is none.
 */
export function episodeOf(name: string): Episode {
  const names = episodeNames()
  if (!names.includes(name)) {
    const hint = nearestHint(name, names, "see npm run episode -- --list")
    throw new CliError("wrong_usage", `there is no episode "${name}"`, { hint })
  }
  return readEpisode(JSON.parse(readFileSync(`${home}/${name}/episode.json`, "utf8")))
}
