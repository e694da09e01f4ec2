/** Wires a gateway by hand, top to bottom, and runs it until it is closed. */

import { setImmediate as breathe } from "node:timers/promises"
import { promisify } from "node:util"

import {
  Activity,
  type ActivityCounts,
  type Clock,
  type Diagnostics,
  type GatewayJournal,
  type GatewayWrite,
  type HeldArrival,
  Metrics,
  type OrgId,
  gatewayMachine,
  startHost,
} from "@tearline/core"
import { type GatewayStore, openGatewayStore } from "@tearline/store/gateway"

import { Admission } from "./admission.ts"
import { Arrivals } from "./arrivals.ts"
import { type GatewayConfig, gatewayKeyOf } from "./config.ts"
import { DepartureFailures } from "./departure-failures.ts"
import { Departures } from "./departures.ts"
import { fileDoorOf } from "./file-door.ts"
import { codeOf } from "./gateway-error.ts"
import { Health } from "./health.ts"
import { innerApp } from "./inner-listener.ts"
import { type RunningListener, startListener } from "./listener.ts"
import { outerApp } from "./outer-listener.ts"
import { PeerList } from "./peer-list.ts"
import { Peers } from "./peers.ts"
import { gatewaySuite } from "./suite.ts"
import { pinOfSocket } from "./tls.ts"

/** A clock that may be told what a former run has written. */
interface GatewayClock extends Clock {
  notBefore?(atMs: number): void
}

/** What the gateway does not make itself. */
export interface GatewayPorts {
  readonly clock: GatewayClock
  readonly diagnostics: Diagnostics
}

/** A gateway at work. */
export interface RunningGateway {
  readonly outerPort: number
  readonly innerPort: number
  /**
   * `done`: requests finished since the start. `inFlight`: requests in hand and arrivals that the
   * exchange has not taken. A gateway is quiet while `inFlight` is 0 and `done` stands still.
   */
  activity(): ActivityCounts
  /** Stops accepting, finishes what is in hand, closes every connection. */
  close(): Promise<void>
}

const connections = {
  // Of a peer a few more than the requests that it may have in hand.
  outer: { countMax: 2048, ownerCountMax: 48, strangerCountMax: 16 },
  inner: { countMax: 256, ownerCountMax: 256, strangerCountMax: 0 },
}
const retryMs = 500
const pause = promisify(setTimeout)

/**
 * Runs a gateway. Resolves once the database answers and both listeners accept.
 *
 * @throws GatewayError `bad_config`; StoreError for a database that will not do however long one
 *   waits (`unsafe_settings`, `forbidden`, `not_migrated`); the socket's error for a port in use.
 */
export async function runGateway(
  config: GatewayConfig,
  { clock, diagnostics }: GatewayPorts,
): Promise<RunningGateway> {
  const gatewayKey = gatewayKeyOf(config)
  const org = config.org as OrgId
  const store = await opened(config.databaseUrl, diagnostics)
  // Before anything is taken: no custody is earlier than one that was given.
  clock.notBefore?.(await store.latestMs())
  const activity = new Activity()
  const metrics = new Metrics()
  const health = new Health(activity, diagnostics)
  const peers = new Peers()
  const onTrouble = (error: unknown) => health.noted(error)
  const arrivals = new Arrivals({ store, diagnostics, onTrouble })
  const failures = new DepartureFailures(diagnostics)
  const suite = gatewaySuite({ org, gatewayKey, keyOf: (sender, id) => peers.keyOf(sender, id) })
  const onHeld = (arrival: HeldArrival) => {
    health.held()
    arrivals.held(arrival)
  }
  const journal = watched(store, health)
  const host = startHost(gatewayMachine({ suite, journal, clock, onHeld }), { breathe })
  const door = fileDoorOf({ org, gatewayKey, peers, carried: store.carried, host, clock })
  const departures = new Departures({ org, gatewayKey, identity: config.outer.tls, peers, door })
  const admission = new Admission(() => performance.now())
  watchGauges(metrics, { activity, peers, waiting: () => host.waiting })

  peers.replace(await store.peers())
  await health.watch(store)
  const common = { peers, activity, metrics, diagnostics }
  const outer = await startListener({
    config: config.outer,
    app: outerApp({ ...common, host, admission }),
    connections: connections.outer,
    knownPinOf: (socket) => pinWhere(socket, (pin) => peers.byPin(pin) !== undefined),
  })
  const { exchangePin, courierPin } = config.inner
  const peerList = new PeerList({
    store,
    peers,
    onReplaced: () => departures.refresh(),
    diagnostics,
  })
  const asked = { store: () => store, peerList, departures, failures, arrivals, health, door }
  const inner = await startListener({
    config: config.inner,
    app: innerApp({ ...common, ...asked, exchangePin, courierPin }),
    connections: connections.inner,
    knownPinOf: (socket) => pinWhere(socket, (pin) => pin === exchangePin || pin === courierPin),
  })
  return {
    outerPort: outer.port,
    innerPort: inner.port,
    activity: () => activity.counts,
    close: () =>
      closeAll({ listeners: [outer, inner], arrivals, departures, failures, health, store }),
  }
}

interface Parts {
  readonly listeners: readonly RunningListener[]
  readonly arrivals: Arrivals
  readonly departures: Departures
  readonly failures: DepartureFailures
  readonly health: Health
  readonly store: GatewayStore
}

async function closeAll(parts: Parts): Promise<void> {
  parts.health.close()
  parts.arrivals.close()
  await Promise.all(parts.listeners.map((it) => it.close()))
  parts.departures.close()
  parts.failures.close()
  await parts.store.close()
}

/** Waits for a database that is away; one that is wrong is an error at once. */
async function opened(url: string, diagnostics: Diagnostics): Promise<GatewayStore> {
  for (;;) {
    try {
      return await openGatewayStore(url)
    } catch (error) {
      const code = codeOf(error)
      if (code !== "unavailable") throw error
      diagnostics("warn", "database_away", { code })
    }
    await pause(retryMs)
  }
}

/** The journal, telling health whether the last call went through. */
function watched(store: GatewayStore, health: Health): GatewayJournal {
  const noted = async <Result>(call: Promise<Result>): Promise<Result> => {
    try {
      const result = await call
      health.noted()
      return result
    } catch (error) {
      health.noted(error)
      throw error
    }
  }
  return {
    custodyOf: (digest) => noted(store.custodyOf(digest)),
    commit: (writes: readonly GatewayWrite[]) => noted(store.commit(writes)),
  }
}

/** The pin that a connection shows, where it is one that counts. */
function pinWhere(
  socket: Parameters<typeof pinOfSocket>[0],
  isKnown: (pin: string) => boolean,
): string | undefined {
  const pin = pinOfSocket(socket)
  return pin !== undefined && isKnown(pin) ? pin : undefined
}

interface Gauged {
  readonly activity: Activity
  readonly peers: Peers
  readonly waiting: () => number
}

function watchGauges(metrics: Metrics, { activity, peers, waiting }: Gauged): void {
  metrics.gauge("tearline_gateway_arrivals_waiting", () => activity.waiting)
  metrics.gauge("tearline_gateway_in_flight", () => activity.counts.inFlight)
  metrics.gauge("tearline_gateway_turn_inputs", waiting)
  metrics.gauge("tearline_gateway_peers", () => peers.count)
  metrics.gauge("process_resident_memory_bytes", () => process.memoryUsage.rss())
  metrics.gauge("process_cpu_seconds_total", () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
}
