/**
 * Sealed warnings handed over at their times, whether or not those before have been answered: an
 * open loop, so that a node which is slow is not asked less and looks no faster for it.
 */

import { request } from "node:https"
import { setTimeout as pause } from "node:timers/promises"

import type { SealedWarning } from "./sender.ts"

export interface Handed {
  readonly warning: SealedWarning
  /** When it was to be sent; every time is counted from here. Milliseconds since 1970. */
  readonly dueMs: number
  readonly custodyMs: number
  readonly attempts: number
}

export interface Storm {
  readonly warnings: readonly SealedWarning[]
  readonly port: number
  readonly lastsMs: number
  readonly signal: AbortSignal
  readonly onCustody: (count: number) => void
}

const retryMs = { min: 200, max: 5_000 }

/** Resolves once each is in custody, however often it took. */
export async function stormOn(storm: Storm): Promise<readonly Handed[]> {
  const { warnings, lastsMs, signal } = storm
  const startMs = Date.now()
  const underway: Promise<void>[] = []
  const handed: Handed[] = []
  async function noted(warning: SealedWarning, dueMs: number): Promise<void> {
    handed.push(await inCustody(storm, warning, dueMs))
    storm.onCustody(handed.length)
  }
  for (const [at, warning] of warnings.entries()) {
    const dueMs = startMs + (at * lastsMs) / warnings.length
    if (dueMs > Date.now()) await pause(dueMs - Date.now(), undefined, { signal })
    underway.push(noted(warning, dueMs))
  }
  await Promise.all(underway)
  return handed
}

/** As an outbox does: again and again, later each time. */
async function inCustody(storm: Storm, warning: SealedWarning, dueMs: number): Promise<Handed> {
  for (let attempts = 1; ; attempts += 1) {
    storm.signal.throwIfAborted()
    const status = await post(storm.port, warning).catch(() => 0)
    if (status === 200) return { warning, dueMs, custodyMs: Date.now(), attempts }
    await pause(Math.min(retryMs.max, retryMs.min * 2 ** attempts) * (0.5 + Math.random() / 2))
  }
}

const answerMsMax = 60_000

async function post(port: number, { sender, lane, unit }: SealedWarning): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const outgoing = request({
    host: "127.0.0.1",
    port,
    method: "POST",
    path: `/tearline/v1/envelopes${lane === 0 ? "?lane=0" : ""}`,
    agent: lane === 0 ? sender.agents.flash : sender.agents.common,
    headers: { "content-type": "application/cbor", "content-length": unit.length },
    timeout: answerMsMax,
  })
  outgoing.once("response", (answer) => {
    answer.resume()
    answer.once("end", () => resolve(answer.statusCode ?? 0))
    answer.once("error", reject)
  })
  outgoing.once("timeout", () => outgoing.destroy())
  outgoing.once("error", reject)
  outgoing.end(unit)
  return await promise
}
