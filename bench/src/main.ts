/** `npm run bench -- BENCH`: measures, prints figures and ratios, asserts nothing. */

import { CliError } from "@tearline/cli"

import { type AskedBench, readCommandLine, wrongValue } from "./command-line.ts"
import { benchDelivery } from "./delivery.ts"
import { deliveryReport } from "./report.ts"
import { benchSimulation, simulationReport } from "./simulation.ts"

const exits = { usage: 2, missing: 3 } as const

async function delivery({ count, ...asked }: AskedBench): Promise<void> {
  if (process.platform !== "linux") {
    console.error("bench: CPU and memory are read from /proc, which only Linux has")
    process.exit(exits.missing)
  }
  const figures = await benchDelivery({
    warmUp: count("warm-up"),
    count: count("count"),
    sustained: count("sustained"),
    partners: count("partners"),
    fanOuts: count("fan-outs"),
    note: (line) => console.error(`bench: ${line}`),
  })
  show(asked, figures, deliveryReport)
}

async function simulation({ text, bench, ...asked }: AskedBench): Promise<void> {
  const years = Number(text("years"))
  if (!(years > 0 && Number.isFinite(years))) {
    throw wrongValue(bench, "--years takes a number above 0")
  }
  show(asked, await benchSimulation({ years, seed: text("seed") }), simulationReport)
}

function show<Figures>(
  { isJson }: Pick<AskedBench, "isJson">,
  figures: Figures,
  report: (figures: Figures) => string,
): void {
  console.log(isJson ? JSON.stringify(figures, undefined, 2) : report(figures))
}

try {
  const asked = readCommandLine(process.argv.slice(2))
  if (asked.kind === "help") console.log(asked.text)
  else await { delivery, sim: simulation }[asked.bench](asked)
} catch (error) {
  if (!(error instanceof CliError) || error.code !== "wrong_usage") throw error
  console.error(`bench: ${error.message}\nhint: ${error.hint}`)
  process.exit(exits.usage)
}
