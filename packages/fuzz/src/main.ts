/** `npm run fuzz -- [TARGET…] --seconds N --seed S`: hostile bytes for every decoder there is. */

import { parseArgs } from "node:util"

import type { Signal } from "./engine/campaign.ts"
import { keepFinding } from "./engine/kept.ts"
import { type Found, type Report, supervise } from "./process/supervisor.ts"
import { targetNames } from "./targets/catalogue.ts"

const options = {
  seconds: { type: "string", default: "60" },
  runs: { type: "string" },
  seed: { type: "string", default: "1" },
  signal: { type: "string", default: "both" },
  keep: { type: "boolean", default: false },
  list: { type: "boolean", default: false },
} as const

function usage(message: string): never {
  console.error(`fuzz: ${message}`)
  console.error(
    "hint: npm run fuzz -- [TARGET…] [--seconds N | --runs N] [--seed S] [--keep] [--list]",
  )
  process.exit(2)
}

/** What was mistyped is told as such: exit code 1 is that something was found. */
function typed() {
  try {
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    return usage(error instanceof Error ? error.message : "wrong usage")
  }
}

const { values, positionals } = typed()

const signals: readonly string[] = ["coverage", "outcome", "both"]
const unknown = positionals.find((it) => !targetNames.includes(it))
if (unknown !== undefined) usage(`there is no target ${unknown}; see --list`)
if (!signals.includes(values.signal)) usage("--signal is coverage, outcome or both")
const runsMax = values.runs === undefined ? Number.POSITIVE_INFINITY : Number(values.runs)
const seconds = Number(values.seconds)
if (!(seconds > 0) || !(runsMax > 0)) usage("--seconds and --runs are numbers above 0")

const names = positionals.length === 0 ? targetNames : positionals
if (values.list) {
  for (const name of targetNames) console.log(name)
  process.exit(0)
}

function line(name: string, { tally, found }: Report): string {
  const { executions, corpus, points, features, ms } = tally
  const perSecond = Math.round(executions / Math.max(ms / 1000, 0.001))
  const counts = `${String(executions).padStart(9)} runs ${String(perSecond).padStart(7)}/s`
  const kept = `corpus ${String(corpus).padStart(4)}  points ${points}+${features}`
  return `${name.padEnd(20)} ${counts}  ${kept}${found.length === 0 ? "" : `  FOUND ${found.length}`}`
}

const all: Found[] = []
let inputs = 0
for (const name of names) {
  const report = await supervise({
    target: name,
    seed: values.seed,
    runsMax: Number.isFinite(runsMax) ? runsMax : Number.MAX_SAFE_INTEGER,
    // A number of runs is a number of runs, however long they take.
    msMax: Number.isFinite(runsMax) ? 3_600_000 : (seconds * 1000) / names.length,
    signal: values.signal as Signal,
    isKeeping: values.keep,
  })
  inputs += report.tally.executions
  all.push(...report.found)
  console.log(line(name, report))
  for (const { reason, input } of report.found) {
    console.log(`  ${reason}\n  ${keepFinding(name, input, reason)}`)
  }
}

const count = (kind: Found["kind"]) => all.filter((it) => it.kind === kind).length
console.log(
  `${names.length} targets, ${inputs} inputs, ` +
    `${count("crash")} crashes, ${count("hang")} hangs, ${count("memory")} over memory`,
)
process.exitCode = all.length === 0 ? 0 : 1
