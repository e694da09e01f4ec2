/** `bad-line`: connections between two nodes are cut, delayed, swallowed and garbled by a proxy. */

import { readFileSync } from "node:fs"

import { BadLine, fates } from "../fault/bad-line.ts"
import type { End } from "../fault/wire.ts"
import { OutsideNode } from "../node/outside-node.ts"
import type { Outcome, Run, Scenario } from "../scenario.ts"
import {
  during,
  ends,
  failing,
  type Medium,
  names,
  schedules,
  schedulesMsMax,
} from "./failing-line.ts"
import { neverMet } from "./minima.ts"
import { linuxOnly } from "./needs.ts"

type Lines = Readonly<Record<End, BadLine>>

export const badLine: Scenario = {
  name: "bad-line",
  says: "connections between two nodes are cut, delayed, swallowed and garbled; all arrives after it",
  counts: { schedules },
  missing: linuxOnly,
  limitMs: schedulesMsMax,
  run: garbling,
}

async function garbling(run: Run): Promise<Outcome> {
  await using alder = await BadLine.listen(run.random.split("to alder"))
  await using birch = await BadLine.listen(run.random.split("to birch"))
  const outcome = await failing(run, proxied({ alder, birch }))
  const sum = (of: "drawn" | "struck", fate: (typeof fates)[number]) =>
    (alder[of].get(fate) ?? 0) + (birch[of].get(fate) ?? 0)
  for (const fate of fates) {
    const [drawn, struck] = [sum("drawn", fate), sum("struck", fate)]
    run.note(`${String(drawn).padStart(6)} connections, ${struck} of them struck: ${fate}`)
  }
  const struck = new Map(fates.map((it) => [it, sum("struck", it)]))
  return { ...outcome, wrong: [...outcome.wrong, ...neverMet(struck)] }
}

function proxied(lines: Lines): Medium {
  return {
    node: (end, folder) => {
      const { endpoint } = lines[end]
      return new OutsideNode({ name: names[end], dir: `${folder}/${end}`, endpoint })
    },
    ready: (nodes) => {
      for (const end of ends) {
        const config = JSON.parse(readFileSync(`${nodes[end].dir}/tearline.json`, "utf8")) as {
          readonly listen: { readonly port: number }
        }
        lines[end].leadTo(config.listen.port)
      }
    },
    fault: (random) => {
      const bad = random.pick([[lines.alder], [lines.birch], [lines.alder, lines.birch]])
      return {
        name: `${bad.length === 2 ? "both lines are" : "one line is"} bad`,
        // Something may get through every fate but one.
        cutOff: [],
        during: during(
          () => bad.forEach((it) => it.turnBad()),
          () => bad.forEach((it) => it.turnGood()),
        ),
      }
    },
  }
}
