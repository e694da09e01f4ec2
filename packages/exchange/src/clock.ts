import { type NodeClock, nodeClock } from "@tearline/core"

/** The node's clock over this machine's hands. `runExchange` tells it what was last written. */
export function systemClock(): NodeClock {
  return nodeClock({ wallMs: () => Date.now(), uptimeMs: () => performance.now() })
}
