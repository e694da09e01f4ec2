/** `npm run sim -- --years Y --seed S`: runs worlds, says what they saw, and exits 1 when one broke. */

import { readCommandLine, UsageError, type AskedRun } from "./command-line.ts"
import type { RunReport } from "./run/combined.ts"
import type { WorldOptions } from "./run/plan.ts"
import { run, runWorlds, WorldFailed } from "./run/run.ts"
import { keepSeed, knownSeeds, type Finding } from "./run/seeds.ts"
import { lastLine, summaryOf, type Replayed } from "./summary.ts"
import { simulate } from "./world/simulation.ts"

const exits = { well: 0, broken: 1, usage: 2, internal: 5 } as const
/** So many lines of progress at most, where no terminal is there to overwrite one. */
const progressLinesMax = 20

/** Never throws; gives the exit code. */
export async function runSim(args: readonly string[]): Promise<number> {
  try {
    const asked = readCommandLine(args)
    if (asked.kind === "run") return await runAsked(asked)
    console.log(asked.text)
    return exits.well
  } catch (error) {
    return tellError(error)
  }
}

/** The one place where errors become words here. */
function tellError(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`sim: ${error.message}\nhint: ${error.hint}\n`)
    return exits.usage
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`sim: something went wrong inside it: ${what}\n`)
  return exits.internal
}

async function runAsked(asked: AskedRun): Promise<number> {
  const { options, workers, minutes, isJson } = asked
  const say = (line: string) => {
    if (!isJson) console.log(line)
  }
  say(`sim: ${JSON.stringify({ ...options, workers })}`)
  const replayed = asked.isReplaying ? await replay(asked, say) : undefined
  const begun = process.cpuUsage()
  const report = await run(options, {
    workers,
    minutes,
    onMonth: progressOf(options.years),
    // At once: whatever becomes of the rest of a long run, what it has found is kept.
    onWorld: ({ world, report: { violation } }) => {
      if (violation === undefined) return
      say(`broken in the world of seed ${world.seed}: ${violation.message}`)
      keep(world, violation)
    },
  }).catch((error: unknown) => {
    if (error instanceof WorldFailed) keep(error.world, error)
    throw error
  })
  const { user, system } = process.cpuUsage(begun)
  if (process.stderr.isTTY) process.stderr.write("\r\n")
  const story = await storyOf(report, asked)
  const summary = summaryOf({ report, replayed, story, cpuSeconds: (user + system) / 1e6 })
  if (isJson) console.log(JSON.stringify(summary, undefined, 2))
  for (const line of [...summary.story, ...summary.lines, ...leftOut(report, asked)]) say(line)
  say(lastLine(report))
  const { found, tooRare, tooLittle } = report
  const wrong = [...found, ...tooRare, ...tooLittle, ...(replayed?.broken ?? [])]
  return wrong.length > 0 ? exits.broken : mustHaveTold(story, asked)
}

/** What was found without a bug that was planted is replayed by every run from now on. */
function keep(world: WorldOptions, finding: Finding): void {
  if (world.plant !== undefined) return
  process.stderr.write(`in packages/sim/seeds.txt from now on:\n${keepSeed(world, finding)}\n`)
}

/** What there was no time for; a world that broke has ended early, and is told of elsewhere. */
function leftOut({ years, found }: RunReport, { options, minutes }: AskedRun): string[] {
  const left = options.years - years
  if (minutes === undefined || found.length > 0 || left < 0.001) return []
  return [`${minutes} minutes were over: ${left.toFixed(2)} years were not begun`]
}

/** A story that was asked for and is not there is no success. */
function mustHaveTold(story: readonly string[], { options: { trace } }: AskedRun): number {
  if (trace === undefined || story.length > 0) return exits.well
  const message = `nothing was said in thread ${trace} in this run`
  const hint =
    "another seed, number of years or of organisations is another world; see --trace first"
  throw new UsageError(message, hint)
}

/** What once found something must find nothing now. */
async function replay({ workers }: AskedRun, say: (line: string) => void): Promise<Replayed> {
  const seeds = knownSeeds()
  process.stderr.write(`replaying ${seeds.length} seeds of seeds.txt\n`)
  const worlds = seeds.map((it) => it.world)
  const reports = await runWorlds(worlds, { workers })
  const broken = reports.flatMap(({ world, report: { violation } }) =>
    violation === undefined ? [] : [{ world, violation }],
  )
  for (const { world, violation } of broken) {
    say(`broken again: seed ${world.seed}: ${violation.message}`)
  }
  say(`${seeds.length} seeds of seeds.txt replayed, ${broken.length} broken again`)
  return { seeds: seeds.length, broken }
}

function progressOf(years: number): (doneYears: number) => void {
  let shown = 0
  return (doneYears) => {
    const line = `${doneYears.toFixed(2)} of ${years} years`
    if (process.stderr.isTTY) process.stderr.write(`\r${line}`)
    else if (doneYears >= shown + years / progressLinesMax) {
      shown = doneYears
      process.stderr.write(`${line}\n`)
    }
  }
}

/** Stories are not kept of all threads: the same seed tells it again of the one where it broke. */
async function storyOf(report: RunReport, { options }: AskedRun): Promise<readonly string[]> {
  const [first] = report.found
  if (options.trace !== undefined) return report.story
  const trace = first?.violation.thread ?? undefined
  if (first === undefined || trace === undefined) return []
  return (await simulate({ ...first.world, trace })).story
}
