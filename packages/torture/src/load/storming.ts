/**
 * Sealed warnings handed over at their times, whether or not those before have been answered: an
 * open loop, so that a node which is slow is not asked less and looks no faster for it.
 */

import { request } from "node:https"
import { setTimeout as pause } from "node:timers/promises"

import type { Random } from "@tearline/sim"

import type { SealedWarning } from "./sender.ts"

export interface Handed {
  readonly warning: SealedWarning
  /** When it was to be sent; every time is counted from here. Milliseconds since 1970. */
  readonly dueMs: number
  readonly custodyMs: number
  readonly attempts: number
  /** What came with custody: read once the storm is over, so that it is no part of it. */
  readonly receipt: Uint8Array
}

export interface Storm {
  readonly warnings: readonly SealedWarning[]
  readonly port: number
  readonly lastsMs: number
  readonly random: Random
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
  const random = storm.random.split(warning.thread)
  for (let attempts = 1; ; attempts += 1) {
    storm.signal.throwIfAborted()
    const receipt = await post(storm.port, warning).catch(() => undefined)
    if (receipt !== undefined) {
      return { warning, dueMs, custodyMs: Date.now(), attempts, receipt }
    }
    await pause(Math.min(retryMs.max, retryMs.min * 2 ** attempts) * random.between(0.5, 1))
  }
}

const answerMsMax = 60_000

/** What is answered to a unit that is taken, and nothing to one that is not. */
async function post(
  port: number,
  { sender, lane, unit }: SealedWarning,
): Promise<Uint8Array | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>()
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
    const chunks: Buffer[] = []
    answer.on("data", (chunk: Buffer) => chunks.push(chunk))
    answer.once("end", () => resolve(answer.statusCode === 200 ? Buffer.concat(chunks) : undefined))
    answer.once("error", reject)
  })
  outgoing.once("timeout", () => outgoing.destroy())
  outgoing.once("error", reject)
  outgoing.end(unit)
  return await promise
}
