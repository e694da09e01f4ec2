/** Runs the worlds of a plan in as many threads as are wanted. */

import { Worker } from "node:worker_threads"

import { combined, type RunReport, type WorldReport } from "./combined.ts"
import { worldsOf, type RunOptions, type WorldOptions } from "./plan.ts"
import type { Told } from "./worker.ts"

/** Most of what is made in an event is dropped in the next: room for it spares collecting. */
const youngMegabytes = 96
const oldMegabytes = 3_072

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

/** The threads of one run and what they have still to do. */
class Pool {
  readonly #worlds: readonly WorldOptions[]
  readonly #reports: (WorldReport | undefined)[]
  readonly #doneYears: number[]
  readonly #watching: Watching
  readonly #workers: Worker[] = []
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
      for (const worker of this.#workers) void worker.terminate()
    })
  }

  #start(): void {
    const worker = new Worker(new URL("worker.ts", import.meta.url), {
      resourceLimits: {
        maxYoungGenerationSizeMb: youngMegabytes,
        maxOldGenerationSizeMb: oldMegabytes,
      },
    })
    this.#workers.push(worker)
    worker.on("error", (error) => this.#ended.reject(error))
    this.#give(worker)
  }

  #give(worker: Worker): void {
    const at = this.#next
    const world = this.#worlds[at]
    const isLate = at > 0 && performance.now() >= this.#endsAtMs
    if (world === undefined || isLate) return
    this.#next += 1
    this.#running += 1
    const onTold = (told: Told) => {
      if (told.kind === "failed") this.#ended.reject(new Error(`${world.seed}: ${told.message}`))
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
