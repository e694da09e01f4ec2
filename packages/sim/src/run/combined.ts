/** Many worlds as one report, the same whoever ran them and whichever was done first. */

import { hashHex } from "../suite/suite.ts"
import { tooRareOf } from "../world/rare-states.ts"
import type { Found, Report } from "../world/simulation.ts"
import { tooLittleIn } from "./fullness.ts"
import type { WorldOptions } from "./plan.ts"

/** What one world came to. */
export interface WorldReport {
  readonly world: WorldOptions
  readonly report: Report
}

/** What broke, and in which world. */
export interface FoundIn {
  readonly world: WorldOptions
  readonly violation: Found
}

/** What the worlds of a run came to together. `years`: those that were lived through. */
export interface RunReport extends Omit<Report, "violation"> {
  readonly found: readonly FoundIn[]
  /** States that were to be seen more often. */
  readonly tooRare: readonly string[]
  /** What there was too little of for so many years of eight organisations or more. */
  readonly tooLittle: readonly string[]
}

/** Of fewer organisations less is to be expected. */
const enoughOrganisations = 8

const sum = (reports: readonly Report[], of: (report: Report) => number) =>
  reports.reduce((total, it) => total + of(it), 0)

function rareIn(reports: readonly Report[]): ReadonlyMap<string, number> {
  const rare = new Map<string, number>()
  for (const it of reports) {
    for (const [name, count] of it.rare) rare.set(name, (rare.get(name) ?? 0) + count)
  }
  return rare
}

function hashOf(reports: readonly Report[]): string {
  const [first] = reports
  if (reports.length === 1 && first !== undefined) return first.hash
  return hashHex(reports.map((it) => it.hash).join(" ")).slice(0, 16)
}

/** `worlds` in the order of the plan. */
export function combined(worlds: readonly WorldReport[]): RunReport {
  const reports = worlds.map((it) => it.report)
  const lived = {
    years: sum(reports, (it) => it.years),
    warnings: sum(reports, (it) => it.warnings),
    events: sum(reports, (it) => it.events),
    faults: sum(reports, (it) => it.faults),
  }
  const rare = rareIn(reports)
  const isWide = worlds.every(
    ({ world }) => (world.organisations ?? enoughOrganisations) >= enoughOrganisations,
  )
  return {
    ...lived,
    found: worlds.flatMap(({ world, report: { violation } }) =>
      violation === undefined ? [] : [{ world, violation }],
    ),
    hash: hashOf(reports),
    // Only of one world: a thread is of one.
    story: reports.length === 1 ? (reports[0]?.story ?? []) : [],
    rare,
    tooRare: tooRareOf(rare, lived.years),
    tooLittle: isWide ? tooLittleIn(lived) : [],
  }
}
