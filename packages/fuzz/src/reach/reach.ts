/** Whether every place that decodes what others sent is come by when the targets are run. */

import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"

import type { Place } from "./places.ts"

export interface ReachedPlace extends Place {
  readonly isReached: boolean
}

const childPath = fileURLToPath(new URL("child.ts", import.meta.url))

/** Takes a minute or so. Throws when it is stopped, or an input is a finding. */
export async function reach(signal?: AbortSignal): Promise<readonly ReachedPlace[]> {
  const child = fork(childPath, [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  })
  const stop = () => void child.kill("SIGKILL")
  signal?.addEventListener("abort", stop, { once: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  let reached: readonly ReachedPlace[] | undefined
  child.on("message", (message: readonly ReachedPlace[]) => {
    reached = message
  })
  child.once("close", () => resolve())
  await promise
  signal?.removeEventListener("abort", stop)
  if (reached === undefined) throw new Error("the run of all targets did not come to its end")
  return reached
}
