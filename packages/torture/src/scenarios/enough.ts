/** Enough has to be under way before a strike, or it shows nothing. */

import { setTimeout as pause } from "node:timers/promises"

import type { Ledger } from "../reckoning/ledger.ts"
import type { Run } from "../scenario.ts"

const actsMsMax = 60_000

/**
 * Waits until `acts` more are acknowledged: a strike at nodes that do nothing shows nothing. Gives
 * a line where they do not come.
 */
export async function enough(
  run: Run,
  ledger: Ledger,
  limitMs: number = actsMsMax,
): Promise<readonly string[]> {
  const acts = run.count("acts")
  const before = ledger.acknowledged
  const endMs = performance.now() + limitMs
  while (ledger.acknowledged - before < acts) {
    run.signal.throwIfAborted()
    const done = ledger.acknowledged - before
    if (performance.now() > endMs) {
      return [`${done} acts were acknowledged in ${limitMs / 1_000} s before a strike, not ${acts}`]
    }
    await pause(20)
  }
  return []
}
