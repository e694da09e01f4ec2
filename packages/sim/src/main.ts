/** `npm run sim -- --years Y --seed S`: runs worlds, says what they saw, and exits 1 when one broke. */

import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"

import type { RunReport } from "./run/combined.ts"
import type { RunOptions, WorldOptions } from "./run/plan.ts"
import { run, runWorlds } from "./run/run.ts"
import { knownSeeds, lineOf } from "./run/seeds.ts"
import { summaryOf, lastLine } from "./summary.ts"
import { simulate } from "./world/simulation.ts"

const { values } = parseArgs({
  options: {
    years: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    orgs: { type: "string", default: "8" },
    workers: { type: "string", default: String(availableParallelism()) },
    trace: { type: "string" },
    plant: { type: "string" },
    "no-replay": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
})

const years = Number(values.years)
const organisations = Number(values.orgs)
const workers = Number(values.workers)
const isWhole = (it: number, min: number) => Number.isInteger(it) && it >= min
if (!(years > 0) || !isWhole(organisations, 2) || !isWhole(workers, 1)) {
  console.error(
    "sim: --years is a number above 0, --orgs a whole number from 2 up, --workers from 1 up",
  )
  process.exit(2)
}

const { seed, trace, plant } = values
const options: RunOptions = {
  seed,
  years,
  organisations,
  ...(trace === undefined ? {} : { trace }),
  ...(plant === undefined ? {} : { plant }),
}
const say = (line: string) => {
  if (!values.json) console.log(line)
}

/** What once found something must find nothing now; a planted bug is not what is replayed. */
async function replay(): Promise<boolean> {
  if (values["no-replay"] || trace !== undefined || plant !== undefined) return true
  const seeds = knownSeeds()
  const reports = await runWorlds(
    seeds.map((it) => it.world),
    { workers },
  )
  const broken = reports.filter(({ report }) => report.violation !== undefined)
  for (const { world, report } of broken) {
    say(`broken again: seed ${world.seed}: ${report.violation?.message}`)
  }
  say(`${seeds.length} seeds of seeds.txt replayed, ${broken.length} broken again`)
  return broken.length === 0
}

/** One line every few years where a terminal is not there to overwrite it. */
function progress(): (doneYears: number) => void {
  let shown = 0
  return (doneYears) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${doneYears.toFixed(2)} of ${years} years`)
    else if (doneYears >= shown + years / 20) {
      shown = doneYears
      say(`${doneYears.toFixed(2)} of ${years} years`)
    }
  }
}

/** The story of a warning is not kept for all of them: the same seed tells it again. */
async function storyOf({ found }: RunReport): Promise<readonly string[]> {
  const [first] = found
  const about = trace ?? first?.violation.thread ?? undefined
  const world: WorldOptions = first?.world ?? options
  if (about === undefined || (first === undefined && years > 1)) return []
  return (await simulate({ ...world, trace: about })).story
}

say(`sim: ${JSON.stringify({ ...options, workers })}`)
const isReplayWell = await replay()
const begun = process.cpuUsage()
const report = await run(options, {
  workers,
  onMonth: progress(),
  onWorld: ({ world, report: { violation } }) => {
    if (violation !== undefined)
      say(`broken in the world of seed ${world.seed}: ${violation.message}`)
  },
})
const { user, system } = process.cpuUsage(begun)
if (process.stderr.isTTY) process.stderr.write("\r\n")

const summary = summaryOf(report, await storyOf(report), (user + system) / 1e6)
if (values.json) console.log(JSON.stringify(summary, undefined, 2))
else for (const line of [...summary.story, ...summary.lines]) console.log(line)
for (const { world, violation } of plant === undefined ? report.found : []) {
  say(`to be added to packages/sim/seeds.txt:\n${lineOf(world, violation.message)}`)
}
console.log(lastLine(report))
const isWell = isReplayWell && report.found.length === 0 && report.tooRare.length === 0
process.exitCode = isWell ? 0 : 1
