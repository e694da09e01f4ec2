/** `npm run sim -- --years Y --seed S`: runs a world, says what it saw, and exits 1 when it broke. */

import { parseArgs } from "node:util"

import { lastLine, newStory, summaryOf } from "./summary.ts"
import { simulate, type SimulationOptions } from "./world/simulation.ts"

const { values } = parseArgs({
  options: {
    years: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    orgs: { type: "string", default: "8" },
    trace: { type: "string" },
    plant: { type: "string" },
    json: { type: "boolean", default: false },
  },
})

const years = Number(values.years)
const organisations = Number(values.orgs)
if (!(years > 0) || !Number.isInteger(organisations) || organisations < 2) {
  console.error("sim: --years is a number above 0, --orgs a whole number from 2 up")
  process.exit(2)
}

const isTerminal = process.stderr.isTTY
const options: SimulationOptions = {
  seed: values.seed,
  years,
  organisations,
  ...(values.trace === undefined ? {} : { trace: values.trace }),
  ...(values.plant === undefined ? {} : { plant: values.plant }),
  onMonth: (done) => {
    if (isTerminal) process.stderr.write(`\r${done.toFixed(2)} of ${years} years`)
    else if (!values.json) console.log(`${done.toFixed(2)} of ${years} years`)
  },
}
if (!values.json) console.log(`sim: ${JSON.stringify({ ...options, onMonth: undefined })}`)

const begun = process.cpuUsage()
const report = await simulate(options)
const { user, system } = process.cpuUsage(begun)
if (isTerminal) process.stderr.write("\r\n")

// The story of a warning is not kept for all of them: the same seed tells it again.
const story = values.trace === undefined ? await newStory(options, report) : report.story
const cpuSeconds = (user + system) / 1e6
if (values.json) console.log(JSON.stringify(summaryOf(report, story, cpuSeconds), undefined, 2))
else {
  for (const line of story) console.log(line)
  for (const line of summaryOf(report, story, cpuSeconds).lines) console.log(line)
}
console.log(lastLine(report))
process.exitCode = report.violation === undefined && report.tooRare.length === 0 ? 0 : 1
