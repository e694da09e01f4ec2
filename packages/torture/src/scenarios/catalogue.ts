/** Every scenario there is: a new one is a file beside this one and a line here. */

import type { Scenario } from "../scenario.ts"
import { backlog } from "./backlog.ts"
import { badLine } from "./bad-line.ts"
import { clock } from "./clock.ts"
import { diskFull } from "./disk-full.ts"
import { ioError } from "./io-error.ts"
import { kill } from "./kill.ts"
import { outage } from "./outage.ts"
import { partition } from "./partition.ts"
import { powerCut } from "./power-cut.ts"
import { storm } from "./storm.ts"

const scenarios: readonly Scenario[] = [
  kill,
  powerCut,
  partition,
  badLine,
  diskFull,
  outage,
  backlog,
  storm,
  clock,
  ioError,
]

/** In the order in which help lists them. */
export function scenarioNames(): readonly string[] {
  return scenarios.map(({ name }) => name)
}

export function scenarioOf(name: string): Scenario | undefined {
  return scenarios.find((it) => it.name === name)
}
