/** A thread that runs the worlds it is given, one after the other. */

import { parentPort } from "node:worker_threads"

import { simulate, type Report } from "../world/simulation.ts"
import type { WorldOptions } from "./plan.ts"

/** What a thread tells: how far its world is, or what it came to. */
export type Told =
  | { readonly kind: "month"; readonly doneYears: number }
  | { readonly kind: "done"; readonly report: Report }
  | { readonly kind: "failed"; readonly message: string }

// A thread's port has no origin.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const tell = (told: Told) => parentPort?.postMessage(told)

// Errors are part of the play and thrown by the thousand: where from is not worth a walk up the
// stack. What was not foreseen says more when its world is run with --trace, in the main thread.
Error.stackTraceLimit = 0

parentPort?.on("message", (world: WorldOptions) => {
  simulate({ ...world, onMonth: (doneYears) => tell({ kind: "month", doneYears }) }).then(
    (report) => tell({ kind: "done", report }),
    (error: unknown) =>
      tell({ kind: "failed", message: error instanceof Error ? `${error.stack}` : String(error) }),
  )
})
