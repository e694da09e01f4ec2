/** By which carrier an envelope goes to a peer, and how long its way may take. */

import * as v from "valibot"

/** How envelopes travel: a line, or files on whatever carries them. */
export type Carrier = "https" | "file"

/** What an operations statement says about reaching its organisation. */
export interface Reachable {
  /** The preferred one first. */
  readonly carriers: readonly string[]
  readonly heartbeatMs: number
}

/** What holds on the way from one organisation to another. */
export interface AgreedCarriage {
  readonly carrier: Carrier
  /** How often the link is to be heard. */
  readonly heartbeatMs: number
  /** The carrier's agreed time; null where it is the policy's. */
  readonly withinMs: number | null
}

const known: readonly string[] = ["https", "file"]

/** The longest time that a carrier may be given, in milliseconds. */
const withinMsMax = 14 * 86_400_000

export const withinMsSchema: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(1),
  v.maxValue(withinMsMax),
)

/**
 * The carrier that the peer prefers among those that both use. On a line the more impatient decides
 * how often it is heard. A stick goes when both have it go: there the more patient decides, and
 * what is agreed for the stick is agreed for what it carries.
 */
export function agreedCarriage(own: Reachable, peer: Reachable): AgreedCarriage {
  const common = peer.carriers.find((it) => known.includes(it) && own.carriers.includes(it))
  if (common !== "file") {
    const heartbeatMs = Math.min(own.heartbeatMs, peer.heartbeatMs)
    return { carrier: "https", heartbeatMs, withinMs: null }
  }
  const heartbeatMs = Math.min(withinMsMax, Math.max(own.heartbeatMs, peer.heartbeatMs))
  return { carrier: "file", heartbeatMs, withinMs: heartbeatMs }
}
