/**
 * What our own exchange asks of the gateway: whom it may talk to, what is to leave, what has come.
 *
 * The exchange calls and the gateway answers; no connection is ever made inward. Only the pins of
 * the configuration are served, each only what is its, and nothing at all is said to another.
 * spec/carriage.md 4.
 */

import type { HttpBindings } from "@hono/node-server"
import type { Context } from "hono"

import type { Activity, Diagnostics, Lane, Metrics, OfferedList } from "@tearline/core"
import { CryptoError, encode, unitBytesMax } from "@tearline/crypto"
import { StoreError } from "@tearline/store"
import type { GatewayStore } from "@tearline/store/gateway"

import { type Arrivals, windowMax } from "./arrivals.ts"
import { readBody } from "./body.ts"
import { type CourierParts, courierPath, courierRoutes } from "./courier-routes.ts"
import type { DepartureFailures } from "./departure-failures.ts"
import type { DepartureAnswer, Departures } from "./departures.ts"
import { GatewayError, codeOf } from "./gateway-error.ts"
import type { Health } from "./health.ts"
import { readSettled, readTaken } from "./inner-requests.ts"
import { type App, newApp } from "./listener.ts"
import type { PeerList } from "./peer-list.ts"
import { Peers, decodePeers, listBytesMax } from "./peers.ts"
import { pinOfSocket } from "./tls.ts"

export interface InnerParts extends CourierParts {
  readonly exchangePin: string
  /** Whoever shows it may carry, and nothing else. */
  readonly courierPin: string | undefined
  readonly store: () => Pick<GatewayStore, "markTaken" | "carried">
  readonly peers: Peers
  readonly peerList: PeerList
  readonly departures: Departures
  readonly failures: DepartureFailures
  readonly arrivals: Arrivals
  readonly activity: Activity
  readonly health: Health
  readonly metrics: Metrics
  readonly diagnostics: Diagnostics
}

type InnerContext = Context<{ Bindings: HttpBindings }>

export function innerApp(parts: InnerParts): App {
  const app = newApp()
  const { activity, health, metrics, diagnostics } = parts
  app.use("*", async (c, next) => {
    // Per request, though the connection was checked when it was made: one rule, one place more.
    const pin = pinOfSocket(c.env.incoming.socket)
    const isCourier = c.req.path.startsWith(courierPath)
    if (pin !== undefined && pin === (isCourier ? parts.courierPin : parts.exchangePin)) {
      return await next()
    }
    return c.json({ code: "refused" }, 403, { connection: "close" })
  })
  app.put("/inner/v1/peers", (c) => activity.during(() => putPeers(c, parts)))
  app.post("/inner/v1/departures", (c) => activity.during(() => depart(c, parts)))
  app.post("/inner/v1/arrivals", (c) => streamArrivals(c, parts))
  app.post("/inner/v1/taken", (c) => activity.during(() => markTaken(c, parts)))
  app.post("/inner/v1/answers", (c) => activity.during(() => answers(c, parts)))
  app.post("/inner/v1/settled", (c) => activity.during(() => settle(c, parts)))
  courierRoutes(app, parts)
  app.get("/live", (c) => c.json({ isLive: true }))
  app.get("/ready", (c) => c.json(health.report(), health.isReady ? 200 : 503))
  app.get("/metrics", (c) => c.text(metrics.text()))
  app.all("*", (c) => c.json({ code: "no_such_request" }, 404))
  app.onError((error, c) => {
    const code = codeOf(error)
    diagnostics("warn", "inner_request_failed", { code })
    return c.json({ code }, statusOf(error))
  })
  return app
}

function statusOf(error: unknown): 400 | 500 | 503 {
  if (error instanceof StoreError) return 503
  return error instanceof CryptoError || error instanceof GatewayError ? 400 : 500
}

async function putPeers(c: InnerContext, parts: InnerParts): Promise<Response> {
  const offered = offeredOf(c)
  const peers = decodePeers(await readBody(c.env.incoming, listBytesMax))
  // A list with a key that is none is refused whole, before anything of it is stored.
  new Peers().replace(peers)
  const answer = await parts.peerList.take(offered, peers)
  if (answer.kind === "superseded") return c.json({ code: "superseded", series: answer.by }, 409)
  return c.body(null, 204)
}

const seriesForm = /^[0-9a-f]{32}$/

function offeredOf(c: InnerContext): OfferedList {
  const { series = "", number = "", over = null } = c.req.query()
  const isOver = over === null || seriesForm.test(over)
  if (seriesForm.test(series) && /^[1-9][0-9]{0,14}$/.test(number) && isOver) {
    return { series, number: Number(number), over }
  }
  throw new GatewayError("malformed", "a list of peers names its series and number")
}

async function depart(c: InnerContext, parts: InnerParts): Promise<Response> {
  const startedMs = performance.now()
  const to = c.req.query("to") ?? ""
  const lane = laneOf(c.req.query("lane"))
  const unit = await readBody(c.env.incoming, unitBytesMax)
  const answer = await parts.departures.send(to, lane, unit)
  const outcome = answer.kind === "unreached" ? answer.code : answer.kind
  parts.metrics.count("tearline_gateway_departures_total", { lane, outcome })
  parts.metrics.observeMs(
    "tearline_gateway_departure_seconds",
    { lane },
    performance.now() - startedMs,
  )
  if (outcome !== "custody" && outcome !== "waiting") {
    parts.failures.note({ code: outcome, lane, org: parts.peers.byOrg(to)?.org })
  }
  return answered(c, answer)
}

function laneOf(text: string | undefined): Lane {
  const lane = Number(text)
  if (text !== undefined && /^[0-3]$/.test(text)) return lane as Lane
  throw new GatewayError("malformed", "a departure names its lane, 0 to 3")
}

function answered(c: InnerContext, answer: DepartureAnswer): Response {
  const cbor = { "content-type": "application/cbor" }
  switch (answer.kind) {
    case "custody":
      return c.body(new Uint8Array(answer.receipt), 200, cbor)
    case "refused":
      return c.body(new Uint8Array(answer.refusal), 422, cbor)
    case "waiting":
      return c.json({ code: "waiting" }, 202)
    case "unknown_peer":
      return c.json({ code: "unknown_peer" }, 404)
    case "not_ours":
      return c.json({ code: answer.code }, 400)
    case "unreached":
      return c.json({ code: answer.code }, 502)
  }
}

function streamArrivals(c: InnerContext, parts: InnerParts): Response {
  const window = Number(c.req.query("window") ?? "64")
  if (!Number.isInteger(window) || window < 1 || window > windowMax) {
    throw new GatewayError("malformed", `a window is a number from 1 to ${windowMax}`)
  }
  parts.diagnostics("info", "arrivals_opened", { window })
  const headers = { "content-type": "application/octet-stream", "cache-control": "no-store" }
  return c.body(parts.arrivals.open(window) as ReadableStream, 200, headers)
}

async function markTaken(c: InnerContext, parts: InnerParts): Promise<Response> {
  const digests = readTaken(await readBody(c.env.incoming, listBytesMax))
  await parts.store().markTaken(digests)
  parts.arrivals.taken(digests)
  parts.health.taken(digests.length)
  return c.body(null, 204)
}

/** What came back by file and our exchange has not settled: `[[peer, digest, is custody, bytes]]`. */
async function answers(c: InnerContext, parts: InnerParts): Promise<Response> {
  const found = await parts.store().carried.answers(answersMax)
  const list = found.map(({ peer, digest, answer }) => [
    peer,
    digest,
    answer.kind === "custody",
    answer.bytes,
  ])
  const headers = { "content-type": "application/cbor" }
  return c.body(new Uint8Array(encode(list)), 200, headers)
}

const answersMax = 256

async function settle(c: InnerContext, parts: InnerParts): Promise<Response> {
  const units = readSettled(await readBody(c.env.incoming, listBytesMax))
  await parts.store().carried.settle(units)
  return c.body(null, 204)
}
