/** `npm run bench -- NAME`: measures, prints figures and ratios, asserts nothing. */

import { parseArgs } from "node:util"

import { benchDelivery } from "./delivery.ts"
import { deliveryReport } from "./report.ts"
import { benchSimulation, simulationReport } from "./simulation.ts"

const usage = `usage: npm run bench -- delivery [--warm-up 500] [--count 300] [--sustained 400] [--partners 30] [--fan-outs 20] [--json]

  --warm-up N     deliveries before anything is measured
  --count N       FLASH deliveries one after the other
  --sustained N   deliveries, sixteen at a time, for rate and CPU
  --partners N    partners of the fan-out, each a node of its own; 0 leaves it out
  --fan-outs N    warnings of the fan-out
  --json          one JSON document on standard output

       npm run bench -- sim [--years 0.25] [--seed bench] [--json]

  --years Y       network-years to simulate, in one thread
  --seed S        the world's seed`

/** A count from the command line; says what is wrong with it and ends otherwise. */
function count(name: string, value: string, min: number): number {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number >= min) return number
  console.error(`bench: --${name} takes a whole number from ${min} up\n\n${usage}`)
  process.exit(2)
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        "warm-up": { type: "string", default: "500" },
        count: { type: "string", default: "300" },
        sustained: { type: "string", default: "400" },
        partners: { type: "string", default: "30" },
        "fan-outs": { type: "string", default: "20" },
        years: { type: "string", default: "0.25" },
        seed: { type: "string", default: "bench" },
        json: { type: "boolean", default: false },
      },
    })
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return process.exit(2)
  }
}

const { positionals, values } = parse()

function show<Figures>(figures: Figures, report: (figures: Figures) => string): void {
  console.log(values.json ? JSON.stringify(figures, undefined, 2) : report(figures))
}

async function delivery(): Promise<void> {
  if (process.platform !== "linux") {
    console.error("bench: CPU and memory are read from /proc, which only Linux has")
    process.exit(3)
  }
  const figures = await benchDelivery({
    warmUp: count("warm-up", values["warm-up"], 0),
    count: count("count", values.count, 1),
    sustained: count("sustained", values.sustained, 1),
    partners: count("partners", values.partners, 0),
    fanOuts: count("fan-outs", values["fan-outs"], 1),
    note: (line) => console.error(`bench: ${line}`),
  })
  show(figures, deliveryReport)
}

async function simulation(): Promise<void> {
  const years = Number(values.years)
  if (!(years > 0)) {
    console.error(`bench: --years takes a number above 0\n\n${usage}`)
    process.exit(2)
  }
  show(await benchSimulation({ years, seed: values.seed }), simulationReport)
}

const benches: Readonly<Record<string, () => Promise<void>>> = { delivery, sim: simulation }
const bench = benches[positionals[0] ?? ""]
if (positionals.length !== 1 || bench === undefined) {
  console.error(usage)
  process.exit(2)
}
await bench()
