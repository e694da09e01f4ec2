import { setTimeout as sleep } from "node:timers/promises"

/** Waits, or returns at once when the signal is given: then whoever waits looks at the signal. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
