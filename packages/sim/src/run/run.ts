/** Runs the worlds of a plan in as many threads as are wanted. */

import { Worker } from "node:worker_threads"

import { combined, type RunReport, type WorldReport } from "./combined.ts"
import { worldsOf, type RunOptions, type WorldOptions } from "./plan.ts"
import type { Told } from "./worker.ts"

/** Most of what is made in an event is dropped in the next: room for it spares collecting. */
const youngMegabytes = 96
const oldMegabytes = 3_072

/** How a run is spread over threads, and who is told of its way. */
export interface Watching {
  /** Threads at most. */
  readonly workers: number
  /** No further world is begun once so many minutes have passed; one always is. */
  readonly minutes?: number | undefined
  /** Called at the end of each simulated month, with what the whole run has done. */
  readonly onMonth?: (doneYears: number) => void
  /** Called when a world has come to its end, or broke. */
  readonly onWorld?: (done: WorldReport) => void
}

/** A world that came to no end: what was thrown in it was not foreseen. */
export class WorldFailed extends Error {
  override name = "WorldFailed"
  readonly world: WorldOptions

  constructor(world: WorldOptions, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause)
    super(`the world of seed ${world.seed} came to no end: ${what}`, { cause })
    this.world = world
  }
}

/** The threads of one run and what they have still to do. */
class Pool {
  readonly #worlds: readonly WorldOptions[]
  readonly #reports: (WorldReport | undefined)[]
  readonly #doneYears: number[]
  readonly #watching: Watching
  /** Every thread, and the world that it was given last. */
  readonly #given = new Map<Worker, WorldOptions | undefined>()
  readonly #ended = Promise.withResolvers<readonly WorldReport[]>()
  readonly #endsAtMs: number
  #next = 0
  #running = 0

  constructor(worlds: readonly WorldOptions[], watching: Watching) {
    this.#worlds = worlds
    this.#reports = worlds.map(() => undefined)
    this.#doneYears = worlds.map(() => 0)
    this.#watching = watching
    this.#endsAtMs = performance.now() + (watching.minutes ?? Number.POSITIVE_INFINITY) * 60_000
  }

  run(workers: number): Promise<readonly WorldReport[]> {
    const count = Math.min(Math.max(1, workers), this.#worlds.length)
    for (let at = 0; at < count; at += 1) this.#start()
    return this.#ended.promise.finally(() => {
      for (const worker of this.#given.keys()) void worker.terminate()
    })
  }

  #start(): void {
    const worker = new Worker(new URL("worker.ts", import.meta.url), {
      resourceLimits: {
        maxYoungGenerationSizeMb: youngMegabytes,
        maxOldGenerationSizeMb: oldMegabytes,
      },
    })
    this.#given.set(worker, undefined)
    worker.on("error", (error) => this.#failed(worker, error))
    this.#give(worker)
  }

  #give(worker: Worker): void {
    const at = this.#next
    const world = this.#worlds[at]
    const isLate = at > 0 && performance.now() >= this.#endsAtMs
    if (world === undefined || isLate) return
    this.#next += 1
    this.#running += 1
    this.#given.set(worker, world)
    const onTold = (told: Told) => {
      if (told.kind === "failed") this.#failed(worker, told.message)
      if (told.kind === "month") this.#isAt(at, told.doneYears)
      if (told.kind !== "done") return
      worker.off("message", onTold)
      this.#done(at, { world, report: told.report })
      this.#give(worker)
      // Worlds are begun in their order, so that those which are done are the first of the plan.
      if (this.#running === 0) this.#ended.resolve(this.#reports.filter((it) => it !== undefined))
    }
    worker.on("message", onTold)
    // A thread has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage(world)
  }

  #failed(worker: Worker, cause: unknown): void {
    const world = this.#given.get(worker)
    this.#ended.reject(world === undefined ? cause : new WorldFailed(world, cause))
  }

  #isAt(at: number, doneYears: number): void {
    this.#doneYears[at] = doneYears
    this.#watching.onMonth?.(this.#doneYears.reduce((sum, it) => sum + it, 0))
  }

  #done(at: number, report: WorldReport): void {
    this.#reports[at] = report
    this.#watching.onWorld?.(report)
    this.#running -= 1
  }
}

/** Runs all worlds of the plan; the same options give the same report for any number of workers. */
export async function run(options: RunOptions, watching: Watching): Promise<RunReport> {
  const worlds = worldsOf(options)
  return combined(await new Pool(worlds, watching).run(watching.workers))
}

/** Runs worlds of several plans side by side, each for itself. */
export function runWorlds(
  worlds: readonly WorldOptions[],
  watching: Watching,
): Promise<readonly WorldReport[]> {
  return worlds.length === 0
    ? Promise.resolve([])
    : new Pool(worlds, watching).run(watching.workers)
}
