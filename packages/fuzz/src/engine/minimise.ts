/** Makes a finding short: whatever can go while the same thing still happens, goes. */

import type { Target } from "../target.ts"
import { execute } from "./execution.ts"

const triesMax = 1_500
const msMax = 4_000

/** The shortest input found that ends for the same reason. */
export async function minimised(
  target: Target,
  input: Uint8Array,
  reason: string,
): Promise<Uint8Array> {
  const untilMs = performance.now() + msMax
  let best = input
  let tries = 0
  let step = Math.ceil(input.length / 2)
  while (step >= 1 && tries < triesMax && performance.now() < untilMs) {
    const before = best.length
    for (let at = 0; at < best.length && tries < triesMax; tries += 1) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + step)])
      const { reason: again } = await execute(target, new Uint8Array(shorter))
      if (again === reason) best = new Uint8Array(shorter)
      else at += step
      if (performance.now() > untilMs) return best
    }
    if (best.length === before || step > best.length) step = Math.floor(step / 2)
  }
  return best
}
