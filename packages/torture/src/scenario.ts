/** What a scenario is, and what it is given to run with. */

import type { Random } from "@tearline/sim"

/** A whole number from 1 up that a scenario takes as a flag of this name. */
interface Count {
  readonly usual: number
  readonly says: string
}

/** What a scenario is given to run with. */
export interface Run {
  /** Every choice comes out of this; what processes make of it is not in our hands. */
  readonly random: Random
  /** A folder of the run's own, on a real disk; it is removed afterwards. */
  readonly folder: string
  /** The value of one of the scenario's flags. */
  count(name: string): number
  /** Aborted by Ctrl-C and when the time is up: finish, clean up, return. */
  readonly signal: AbortSignal
  /** A line of the report. */
  readonly note: (line: string) => void
  /** Where it stands; on a terminal each over the one before, elsewhere a few of them. */
  readonly progress: (text: string) => void
}

/** What a run came to: it has held where nothing is lost and nothing wrong. */
export interface Outcome {
  /** How much of what was promised is not there. */
  readonly lost: number
  /** What else does not hold, one line each; empty when all is well. */
  readonly wrong: readonly string[]
  /** The last line. */
  readonly summary: string
  /** For `--json`, beside the lines. */
  readonly figures?: Readonly<Record<string, unknown>>
}

/** One way of breaking things, and what must hold of it. */
export interface Scenario {
  readonly name: string
  /** One line of help: what is broken, and what must hold. */
  readonly says: string
  readonly counts: Readonly<Record<string, Count>>
  /** What this machine lacks, a sentence each; empty when it can run. */
  missing(): readonly string[] | Promise<readonly string[]>
  /** After so long it is asked to stop, and has failed. */
  limitMs(count: (name: string) => number): number
  /** Cleans up after itself, also when it throws. */
  run(run: Run): Promise<Outcome>
}
