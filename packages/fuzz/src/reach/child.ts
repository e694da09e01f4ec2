/**
 * Runs samples and kept inputs of every target under block coverage, and tells which of the places
 * that decode were come by. A process of its own, so that nothing is loaded before it is watched.
 */

import { Session, type Profiler } from "node:inspector"
import { pathToFileURL } from "node:url"

import { foreignPlaces, packagesFolder, type Place } from "./places.ts"

const session = new Session()
session.connect()
session.post("Profiler.enable")
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true })

const { catalogue } = await import("../targets/catalogue.ts")
const { corpusOf } = await import("../engine/kept.ts")
for (const { name, open } of catalogue) {
  const target = await open()
  for (const input of [...target.seeds, ...corpusOf(name)]) await target.run(input)
  await target.close?.()
}

const scripts = new Map<string, Profiler.FunctionCoverage[]>()
session.post("Profiler.takePreciseCoverage", (error, taken) => {
  if (error !== null) throw error
  for (const { url, functions } of taken.result) scripts.set(url, functions)
})

/** The smallest block around the place says how often it ran. */
function isReached({ path, offset }: Place): boolean {
  const functions = scripts.get(pathToFileURL(`${packagesFolder}${path}`).href) ?? []
  const around = functions
    .flatMap(({ ranges }) => ranges)
    .filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)
    .toSorted((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset))
  return (around[0]?.count ?? 0) > 0
}

const reached = foreignPlaces().map((place) => ({ ...place, isReached: isReached(place) }))
process.send?.(reached, () => process.exit())
