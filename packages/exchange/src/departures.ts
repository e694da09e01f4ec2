/**
 * Departures of this process: the core's carriage over the store's outbox and the line to our
 * gateway, with what is counted and told about it.
 */

import {
  Departures,
  type Departed,
  type DepartureTimes,
  type ExchangeAnswer,
  type ExchangeInput,
  type OutboxItem,
  Turnstile,
} from "@tearline/core"
import type { ExchangeStore } from "@tearline/store/exchange"

import type { DepartureTrouble } from "./departure-trouble.ts"
import { depart, type DepartureParts } from "./departure.ts"
import type { Diagnostics } from "./diagnostics.ts"
import { codeOf } from "./exchange-error.ts"
import type { Metrics } from "./metrics.ts"
import { machineTimers } from "./timers.ts"

export interface DeparturesParts extends DepartureParts {
  readonly store: Pick<ExchangeStore, "claimOutbox" | "release" | "renewLease" | "findOutboxItem">
  readonly submit: (input: ExchangeInput) => Promise<ExchangeAnswer>
  /** Our gateway does not know a peer that we do. */
  readonly onUnknownPeer: () => void
  readonly trouble: DepartureTrouble
  /** Other times than those of a line. */
  readonly times?: DepartureTimes
  readonly diagnostics: Diagnostics
  readonly metrics: Metrics
}

/**
 * At our gateway at a time, over all peers, of everything but FLASH: fewer than there are
 * connections, so that none of them waits in a queue that knows no precedence, and its time runs
 * from when it goes.
 */
const atGatewayMax = 24

export function departuresOf(parts: DeparturesParts): Departures {
  const { store, submit, onUnknownPeer, diagnostics } = parts
  const turnstile = new Turnstile(atGatewayMax)
  return new Departures({
    outbox: {
      claim: (limit, full) => store.claimOutbox({ limit, full }),
      release: (ids, delayMs) => store.release(ids, delayMs),
      renewLease: (ids) => store.renewLease(ids),
      find: (id) => store.findOutboxItem(id),
    },
    hand: (item) =>
      item.lane === 0
        ? measured(parts, item)
        : turnstile.pass(item.lane, () => measured(parts, item)),
    submit,
    timers: machineTimers,
    spread: Math.random,
    ...(parts.times === undefined ? {} : { times: parts.times }),
    onFailed: ({ peer, digest }, code, isFirst) => {
      if (code === "unknown_peer") onUnknownPeer()
      if (isFirst) diagnostics("warn", "departure_failed", { peer, digest, code })
    },
    onTrouble: (trouble, error, item) => {
      const digest = item && { digest: item.digest }
      diagnostics("warn", trouble, { ...digest, code: codeOf(error) })
    },
  })
}

async function measured(parts: DeparturesParts, item: OutboxItem): Promise<Departed> {
  const startedMs = performance.now()
  const departed = await depart(parts, item)
  const { lane } = item
  parts.trouble.note(item.peer, departed)
  const outcome = departed.kind === "failed" ? departed.code : departed.kind
  const { metrics } = parts
  metrics.count("tearline_exchange_departures_total", { lane, outcome })
  metrics.observeMs("tearline_exchange_departure_seconds", { lane }, performance.now() - startedMs)
  return departed
}
