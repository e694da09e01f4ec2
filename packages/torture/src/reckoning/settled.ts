/** Waiting until nothing is under way: outboxes empty, and every arrival taken. */

import { setTimeout as pause } from "node:timers/promises"

import type { Party } from "../node/party.ts"
import { rowsOf } from "./books.ts"

interface Underway {
  readonly outbox: number
  readonly untaken: number
}

/** What one node still has to hand over and to take in. Throws while its database is away. */
export async function underwayAt(node: Party): Promise<Underway> {
  const { exchange, gateway } = await node.databases()
  const [[outbox] = []] = await rowsOf(exchange, "select count(*) from exchange.outbox")
  const [[untaken] = []] = await rowsOf(
    gateway,
    "select count(*) from gateway.arrival where not is_taken",
  )
  return { outbox: Number(outbox), untaken: Number(untaken) }
}

export interface Settling {
  readonly limitMs: number
  readonly signal: AbortSignal
  readonly onLook?: (underway: number) => void
}

const lookEveryMs = 500
/** What leaves an outbox between two looks may just have made something new: look twice more. */
const quietLooks = 3

/** False when something is still under way after `limitMs`. */
export async function settled(
  nodes: readonly Party[],
  { limitMs, signal, onLook }: Settling,
): Promise<boolean> {
  const endMs = performance.now() + limitMs
  let quiet = 0
  while (performance.now() < endMs && !signal.aborted) {
    const each = await Promise.all(nodes.map(underwayOrUnknown))
    const sum = each.reduce((total, it) => total + it, 0)
    onLook?.(sum)
    quiet = sum === 0 ? quiet + 1 : 0
    if (quiet >= quietLooks) return true
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined)
  }
  return false
}

async function underwayOrUnknown(node: Party): Promise<number> {
  try {
    const { outbox, untaken } = await underwayAt(node)
    return outbox + untaken
  } catch {
    // Between two lives of its server.
    return 1
  }
}
