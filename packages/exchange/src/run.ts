/** Wires an exchange by hand, top to bottom, and runs it until it is closed. */

import { randomBytes } from "node:crypto"
import { setImmediate as breathe } from "node:timers/promises"

import {
  Activity,
  type ActivityCounts,
  type CarriedAnswers,
  type Clock,
  type Departures,
  type Diagnostics,
  type Digest,
  type ExchangeAnswer,
  type ExchangeInput,
  type ExchangeMachine,
  type ExchangeOutput,
  type Host,
  GivingBack,
  Metrics,
  type OrgId,
  type TakenReports,
  builtInPolicy,
  exchangeMachine,
  laneOf,
  lastWrittenMs,
  startHost,
} from "@tearline/core"
import { StoreError } from "@tearline/store"
import { openExchangeStore, type ExchangeStore } from "@tearline/store/exchange"

import { Arrivals } from "./arrivals.ts"
import { carriedAnswersOf } from "./carried-answers.ts"
import type { ExchangeConfig } from "./config.ts"
import { DepartureTrouble } from "./departure-trouble.ts"
import { readCarried } from "./departure.ts"
import { departuresOf } from "./departures.ts"
import { deskApp } from "./desk/desk.ts"
import { Events } from "./desk/events.ts"
import { serveOn, type Served } from "./desk/socket.ts"
import { Subjects } from "./desk/subjects.ts"
import { codeOf, ExchangeError } from "./exchange-error.ts"
import { GatewayLine } from "./gateway-line.ts"
import { hashing } from "./hashing.ts"
import type { InnerLine } from "./inner-line.ts"
import { journalOver } from "./journal.ts"
import { Opener, type ToBeOpened } from "./opener/opener.ts"
import { type OwnKeys, ownKeysOf } from "./own-keys.ts"
import { pastVerifierOf } from "./past.ts"
import { pause } from "./pause.ts"
import { Peers, reachableOf } from "./peers.ts"
import { sealerOf } from "./sealer.ts"
import { lateAnswers, seamTimes } from "./seam/late-answers.ts"
import { SeamLine } from "./seam/seam-line.ts"
import { StorageTrouble } from "./storage-trouble.ts"
import { takenReportsOf } from "./taken-reports.ts"
import { Ticks } from "./ticks.ts"

/** A clock that may be told what a former run has written, and asked whether it has jumped. */
interface ExchangeClock extends Clock {
  notBefore?(atMs: number): void
  isSuspect?(): boolean
}

/** What the exchange does not make itself. */
export interface ExchangeProcessPorts {
  readonly clock: ExchangeClock
  readonly diagnostics: Diagnostics
}

/** An exchange at work. */
export interface RunningExchange {
  /**
   * `done`: pieces of work completed since the start. `inFlight`: turns, requests, arrivals not yet
   * taken and outbox items whose custody is not confirmed. Quiet while `inFlight` is 0 and `done`
   * stands still.
   */
  activity(): ActivityCounts
  /** Does at once what the clock has made due; by itself this is looked at every few seconds. */
  tick(): Promise<void>
  /** Stops accepting, finishes the turn, closes every connection and the opener. */
  close(): Promise<void>
}

const storeRetryMs = 500
/** Stays the same over a restart, so that a new process takes back its predecessor's leases. */
const owner = "exchange"

/** Everything that runs, made in the order in which it is needed. */
interface Parts {
  readonly config: ExchangeConfig
  readonly ports: ExchangeProcessPorts
  readonly keys: OwnKeys
  readonly store: ExchangeStore
  readonly line: InnerLine
  readonly peers: Peers
  readonly events: Events
  readonly metrics: Metrics
  readonly activity: Activity
  readonly storage: StorageTrouble
  readonly trouble: DepartureTrouble
}

/**
 * Runs an exchange. Resolves once the database answers and the desk interface accepts; the gateway
 * may still be away.
 *
 * @throws ExchangeError `bad_config`, also for an epoch older than a link's, `bad_invite`;
 *   StoreError for a database that will not do however long one waits (`unsafe_settings`,
 *   `forbidden`, `not_migrated`); the system's error for a socket that cannot be made.
 */
export async function runExchange(
  config: ExchangeConfig,
  ports: ExchangeProcessPorts,
): Promise<RunningExchange> {
  const { clock, diagnostics } = ports
  const keys = await ownKeysOf(config)
  const store = await opened(config, diagnostics)
  const links = await store.links()
  const newest = links.reduce((latest, { link }) => Math.max(latest, link.epoch), 1)
  if (newest > (keys.restore?.epoch ?? 1)) {
    await store.close()
    throw epochBehind(newest)
  }
  clock.notBefore?.(lastWrittenMs(links.map((it) => it.link)))
  const line = lineOf(config, diagnostics)
  const reachable = reachableOf(keys.statements)
  const peers = new Peers({ own: keys.own, reachable, store, line, clock, diagnostics })
  await peers.load()
  const common = { config, ports, keys, store, line, peers }
  const parts = {
    ...common,
    events: new Events(),
    metrics: new Metrics(),
    activity: new Activity(),
    storage: new StorageTrouble(line),
    trouble: new DepartureTrouble(),
  }
  return start(parts)
}

/** Whatever it said next might stand under a number that was given before. */
function epochBehind(newest: number): ExchangeError {
  const what = `a link is in epoch ${newest}, which no restore statement here authorises`
  return new ExchangeError("bad_config", `${what}: authorise the restore once more`)
}

function lineOf({ seam, gateway }: ExchangeConfig, diagnostics: Diagnostics): InnerLine {
  return seam === undefined ? new GatewayLine(gateway) : new SeamLine(seam, diagnostics)
}

/** Waits for a database that is away; one that is wrong is an error at once. */
async function opened(config: ExchangeConfig, diagnostics: Diagnostics): Promise<ExchangeStore> {
  for (;;) {
    try {
      return await openExchangeStore(config.databaseUrl, { org: config.org, owner })
    } catch (error) {
      const code = codeOf(error)
      if (code !== "unavailable") throw error
      diagnostics("warn", "database_away", { code })
    }
    await pause(storeRetryMs, new AbortController().signal)
  }
}

function machineOf(parts: Parts, perform: (output: ExchangeOutput) => void): ExchangeMachine {
  const { ports, keys, store, peers } = parts
  const { own, exchangeKey, gatewayKey } = keys
  const kemKeyOf = (org: Parameters<Peers["known"]>[0]) => peers.known(org).kem
  return exchangeMachine({
    own,
    journal: journalOver(store),
    sealer: sealerOf({ own, exchangeKey, gatewayKeyId: gatewayKey.id, kemKeyOf }),
    past: pastVerifierOf({ ...keys, find: (org) => peers.find(org) }),
    hashing,
    clock: ports.clock,
    chance: { bytes: (count) => new Uint8Array(randomBytes(count)) },
    policy: builtInPolicy,
    withinMs: (org) => peers.find(org)?.carriage.withinMs ?? null,
    perform,
  })
}

/** Carriage: what brings in and what sends out, around one host loop. */
function carriageOf(parts: Parts): Carriage {
  const { ports, keys, store, line, peers, events, metrics, trouble } = parts
  const { diagnostics } = ports
  const { own, gatewayKey, kemSeeds } = keys
  const host = startHost(
    machineOf(parts, (output) => {
      switch (output.kind) {
        case "send":
          return departures.send(output.item)
        case "taken":
          return taken.add(output.digest)
        case "show":
          return events.tell({ kind: "thread", thread: output.thread })
        case "give-back":
          return giving.due(output.due)
      }
    }),
    { breathe },
  )
  const submit = submitter(parts, host)
  const common = { own, line, peers, submit, diagnostics, metrics }
  const giving = new GivingBack({
    submit,
    onTrouble: (peer, error) =>
      diagnostics("warn", "not_given_back", { peer, code: codeOf(error), ...damagedIn(error) }),
  })
  const taken = takenReportsOf(line, diagnostics)
  const gatewayKeyOf = (peer: OrgId) => peers.find(peer)?.verified.operation.gatewayKey
  const onUnknownPeer = () => peers.tellGateway()
  const departures = departuresOf({
    ...common,
    store,
    gatewayKeyOf,
    onUnknownPeer,
    trouble,
    ...(line instanceof SeamLine ? { times: seamTimes } : {}),
  })
  const late = { own, gatewayKeyOf, departures, peers, trouble }
  if (line instanceof SeamLine) line.start(lateAnswers(late))
  const answers = carriedAnswersOf({
    line,
    isNeeded: () => peers.all().some((it) => it.carriage.carrier === "file"),
    read: (answer) => readCarried({ own, gatewayKeyOf }, answer),
    settle: (id, answer) => departures.settle(id, answer),
    diagnostics,
  })
  const opener = new Opener({
    seedOf: (prekeyId) => kemSeeds.get(prekeyId.toHex()),
    onCrash: (inHand) => diagnostics("error", "opener_crashed", { inHand }),
    onStrike: (unit) => strike(store, unit, diagnostics),
  })
  const arrivals = new Arrivals({
    ...common,
    gatewayKey,
    opener,
    onHeard: (peer) => departures.tryNow(peer),
    onConnected: () => {
      // It may be back from an older database, and believe a frozen peer again.
      peers.tellGateway()
      departures.tryNow()
    },
  })
  return { host, submit, taken, departures, giving, answers, opener, arrivals }
}

/** Which message stands in the way: what is given back is read by nobody else. */
function damagedIn(error: unknown): { readonly message?: string } {
  const about = error instanceof StoreError ? error.about : undefined
  return about === undefined ? {} : { message: about }
}

interface Carriage {
  readonly host: { readonly waiting: number }
  readonly submit: (input: ExchangeInput) => Promise<ExchangeAnswer>
  readonly taken: TakenReports
  readonly departures: Departures
  readonly answers: CarriedAnswers
  readonly giving: GivingBack
  readonly opener: Opener
  readonly arrivals: Arrivals
}

function submitter(
  { activity, metrics, storage }: Parts,
  host: Host<ExchangeInput, ExchangeAnswer>,
): Carriage["submit"] {
  return (input) =>
    activity.during(async () => {
      const startedMs = performance.now()
      const answer = await host.submit(input, laneOf(input)).catch((error: unknown) => {
        storage.note(error)
        throw error
      })
      const kind = { kind: input.kind }
      metrics.observeMs("tearline_exchange_turn_seconds", kind, performance.now() - startedMs)
      return answer
    })
}

async function start(parts: Parts): Promise<RunningExchange> {
  const { ports, store, peers } = parts
  const { clock, diagnostics } = ports
  const carriage = carriageOf(parts)
  const { arrivals, departures, submit } = carriage
  const ticks = new Ticks({ peers, clock, submit, diagnostics })
  // Counted before anything else can enqueue, so that each item is counted once.
  const { outbox } = await store.counts(clock.nowMs())
  await reopen(parts, submit)
  await store.takeBack()
  const served = await serveDesk(parts, { ...carriage, ticks })
  const running = { ...carriage, ticks, served }
  departures.start(outbox.reduce((sum, it) => sum + it.items, 0))
  peers.tellGateway()
  arrivals.start()
  running.answers.start()
  ticks.start()
  watchGauges(parts, running)
  return {
    activity: () => countsOf(parts, running),
    tick: () => ticks.tick(),
    close: () => closeAll(parts, running),
  }
}

/**
 * First of all after a restore, before anything is sealed: the new epoch on every link. Each start
 * asks again, and finds it done; a link that is made later begins in it too.
 */
async function reopen({ keys, peers, ports }: Parts, submit: Carriage["submit"]): Promise<void> {
  const { restore } = keys
  const orgs = peers.all().map((it) => it.org)
  if (restore === undefined || orgs.length === 0) return
  const { epoch, statement } = restore
  const answer = await submit({ kind: "reopened", epoch, statement, peers: orgs })
  if (answer.kind === "noted") ports.diagnostics("info", "epoch_opened", { epoch })
}

function serveDesk(
  parts: Parts,
  { arrivals, ticks, submit }: Carriage & { readonly ticks: Ticks },
): Promise<Served> {
  const { config, ports, keys, store, peers, activity, line } = parts
  const { own, statements } = keys
  const desk = deskApp({
    ...parts,
    own,
    ownName: config.name,
    nameOf: (org) => (org === own ? config.name : (peers.find(org)?.name ?? org)),
    token: config.desk.token,
    ownStatements: statements,
    subjects: new Subjects(store),
    policy: builtInPolicy,
    diagnostics: ports.diagnostics,
    clock: ports.clock,
    submit,
    restoredAtMs: keys.restore?.atMs ?? null,
    onIntroduced: async () => {
      await reopen(parts, submit)
      // Our gateway may hold what it sent before it was added again.
      arrivals.askAgain()
    },
    isConnected: () => arrivals.isConnected,
    isClockSuspect: () => ticks.isClockSuspect,
    failingTo: (org) => parts.trouble.codeOf(org),
    seamTrouble: (nowMs) => (line instanceof SeamLine ? line.trouble(nowMs) : undefined),
    strangers: () => arrivals.strangers,
    storageTrouble: () => parts.storage.now(arrivals.damaged),
    during: (work) => activity.during(work),
  })
  return serveOn(config.desk.socket, (request) => desk.fetch(request))
}

/** Written down at each crash, so that it is shown and outlives this process. */
async function strike(
  store: ExchangeStore,
  { digest, unit }: ToBeOpened,
  diagnostics: Diagnostics,
): Promise<void> {
  const name = digest.toHex() as Digest
  try {
    const strikes = await store.strike(name, unit)
    if (strikes >= 2) diagnostics("error", "arrival_quarantined", { digest: name, strikes })
  } catch (error) {
    diagnostics("error", "strike_not_written", { digest: name, code: codeOf(error) })
  }
}

interface Running extends Carriage {
  readonly ticks: Ticks
  readonly served: Served
}

function countsOf({ activity }: Parts, running: Running): ActivityCounts {
  const { arrivals, departures, giving, taken, host } = running
  const { done, inFlight } = activity.counts
  return {
    done: done + arrivals.done + departures.done,
    inFlight:
      inFlight +
      host.waiting +
      arrivals.inHand +
      departures.outstanding +
      giving.running +
      taken.pending,
  }
}

async function closeAll(parts: Parts, running: Running): Promise<void> {
  const { arrivals, answers, departures, giving, taken, opener, ticks, served } = running
  ticks.close()
  giving.close()
  parts.events.close()
  await served.close()
  parts.peers.close()
  await arrivals.close()
  opener.close()
  await answers.close()
  await departures.close()
  await taken.close()
  parts.line.close()
  await parts.store.close()
}

function watchGauges(parts: Parts, running: Running): void {
  const { metrics, peers, events } = parts
  const { arrivals, departures, opener, host } = running
  metrics.gauge("tearline_exchange_turn_inputs", () => host.waiting)
  metrics.gauge("tearline_exchange_opener_waiting", () => opener.waiting)
  metrics.gauge("tearline_exchange_arrivals_in_hand", () => arrivals.inHand)
  metrics.gauge("tearline_exchange_outbox_items", () => departures.outstanding)
  metrics.gauge("tearline_exchange_gateway_connected", () => Number(arrivals.isConnected))
  metrics.gauge("tearline_exchange_peers", () => peers.all().length)
  metrics.gauge("tearline_exchange_event_readers", () => events.readers)
  metrics.gauge("process_resident_memory_bytes", () => process.memoryUsage.rss())
  metrics.gauge("process_cpu_seconds_total", () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
}
