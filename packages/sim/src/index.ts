/** Many organisations in one thread under one seed: the real core, and a world that fails. */

export { simulate, type Found, type Report, type SimulationOptions } from "./world/simulation.ts"
export { run, type Watching } from "./run/run.ts"
export type { RunOptions, WorldOptions } from "./run/plan.ts"
export type { FoundIn, RunReport } from "./run/combined.ts"
export { knownSeeds, type KnownSeed } from "./run/seeds.ts"
export { plants } from "./faults/plant.ts"
export { Random } from "./time/random.ts"
