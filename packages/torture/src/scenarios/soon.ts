/** Waiting for what has to come about soon, and the words when it does not. */

import { setTimeout as pause } from "node:timers/promises"

import { CliError } from "@tearline/cli"

import type { Party } from "../node/party.ts"
import type { Run } from "../scenario.ts"

const soonMs = 60_000
const lookEveryMs = 100

/** Whether it comes to hold within a minute; what a desk cannot answer does not hold yet. */
export async function soon(run: Run, holds: () => Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + soonMs
  while (performance.now() < endMs) {
    run.signal.throwIfAborted()
    try {
      if (await holds()) return true
    } catch (error) {
      if (!(error instanceof CliError)) throw error
    }
    await pause(lookEveryMs)
  }
  return false
}

/** Whether the desk has the thread: until then it is refused. */
export async function isThere({ desk }: Party, thread: string): Promise<boolean> {
  try {
    await desk.thread(thread)
    return true
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    return false
  }
}
