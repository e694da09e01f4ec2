import { nodeClock, type Hands, type NodeClock } from "@tearline/core"

const machine: Hands = { wallMs: () => Date.now(), uptimeMs: () => performance.now() }

/** The system's clock, made monotone (core, `nodeClock`). */
export function systemClock(hands: Hands = machine): NodeClock {
  return nodeClock(hands)
}

export type { NodeClock }
