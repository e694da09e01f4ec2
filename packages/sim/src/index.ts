/** Many organisations in one thread under one seed: the real core, and a world that fails. */

export { simulate, type Report, type SimulationOptions } from "./world/simulation.ts"
export { plants } from "./faults/plant.ts"
export { Random } from "./time/random.ts"
