/**
 * Faults on real processes, and a reckoning of what was promised: `npm run torture -- SCENARIO`.
 *
 * A scenario is one file under `scenarios/` and one line in its catalogue. It starts nodes as an
 * operator does, drives them through their desks, breaks something, and holds both databases
 * against the ledger of what was acknowledged.
 */

export { releaseMany } from "./load/warning.ts"
export { openTrial } from "./node/trial.ts"
export { runScenario, runTorture } from "./program.ts"
export { judgement } from "./reckoning/judgement.ts"
export { Ledger } from "./reckoning/ledger.ts"
export type { Outcome, Run, Scenario } from "./scenario.ts"
export { scenarioNames } from "./scenarios/catalogue.ts"
