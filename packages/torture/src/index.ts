/**
 * Faults on real processes, and a reckoning of what was promised: `npm run torture -- SCENARIO`.
 *
 * A scenario is one file under `scenarios/` and one line in its catalogue. It starts nodes as an
 * operator does, drives them through their desks, breaks something, and holds both databases
 * against the ledger of what was acknowledged.
 */

export { runTorture } from "./program.ts"
export { Ledger } from "./reckoning/ledger.ts"
export { type Reckoned, reckon } from "./reckoning/reckoning.ts"
export { settled } from "./reckoning/settled.ts"
export { introduce, startNode, type TrialNode } from "./node/trial-node.ts"
export { scenarioNames } from "./scenarios/catalogue.ts"
