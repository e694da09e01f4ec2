/**
 * The desk interface: HTTP and JSON on a private Unix socket, for the command line now and for home
 * later. Whoever may read the node's state folder may act for the organisation.
 */

import { hash, timingSafeEqual } from "node:crypto"

import { Hono } from "hono"
import { bodyLimit } from "hono/body-limit"

import type { Acted, Diagnostics, ExchangeAnswer, ExchangeInput, Metrics } from "@tearline/core"

import { codeOf, ExchangeError } from "../exchange-error.ts"
import { encodeInvite, type Verified } from "../invite.ts"
import type { Peer, Peers } from "../peers.ts"
import type { Events } from "./events.ts"
import { inboxAt, inboxPage, type InboxParts } from "./inbox.ts"
import { nodeStatus, type StatusParts } from "./node-status.ts"
import { refusalOf } from "./refusal.ts"
import { readAct, readIntroduction, readRelease } from "./requests.ts"
import { ThreadAlarms } from "./thread-alarms.ts"
import { type ReportParts, resolveThread, threadReport, threadSummaries } from "./thread-report.ts"

export interface DeskParts
  extends Omit<InboxParts, "store" | "peers">, Omit<StatusParts, "store" | "peers"> {
  readonly token: string
  readonly ownStatements: Verified
  readonly store: InboxParts["store"] & StatusParts["store"] & ReportParts["store"]
  readonly policy: ReportParts["policy"]
  readonly peers: Peers
  /** A peer has been added: it may be one that this node knew before it was restored. */
  readonly onIntroduced: () => Promise<void>
  readonly events: Events
  readonly metrics: Metrics
  readonly diagnostics: Diagnostics
  readonly submit: (input: ExchangeInput) => Promise<ExchangeAnswer>
  /** Runs a request and counts it. */
  readonly during: <Result>(work: () => Promise<Result>) => Promise<Result>
}

const bodyBytesMax = 1_048_576
const otherVersion = "the caller may be of another version than this exchange: install both again"

/** Compares in constant time, whatever the lengths: hashes are equally long. */
function isToken(given: string | undefined, token: string): boolean {
  const wanted = hash("sha256", `Bearer ${token}`, "buffer")
  return timingSafeEqual(hash("sha256", given ?? "", "buffer"), wanted)
}

function peerLine(peer: Peer): object {
  const { org, name, verified, isFrozen, compared, heartbeatMs, carriage } = peer
  const { fingerprint, operation } = verified
  const { endpoints, kinds, dutyTelephone } = operation
  return {
    org,
    name,
    fingerprint,
    endpoints,
    kinds,
    dutyTelephone,
    isFrozen,
    compared,
    heartbeatMs,
    carrier: carriage.carrier,
  }
}

async function bodyOf(request: { json(): Promise<unknown> }): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    // What the parser says of it would repeat the body.
    throw new ExchangeError("malformed_request", "the body is no json")
  }
}

/** The moment that a request asks about, or now. */
function momentOf(text: string | undefined, nowMs: number): number {
  if (text === undefined) return nowMs
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new ExchangeError("malformed_request", "at is a time in milliseconds since 1970")
}

/** Precedence rules every queue: the read of a FLASH is not to wait behind a ROUTINE. */
async function actOf(
  { store, subjects }: DeskParts,
  request: { param(key: "id"): string; json(): Promise<unknown> },
): Promise<Acted> {
  const thread = await resolveThread(store, request.param("id"))
  const about = (await subjects.of([thread])).get(thread)
  return readAct(await bodyOf(request), { thread, precedence: about?.precedence ?? "IMMEDIATE" })
}

export function deskApp(parts: DeskParts): Hono {
  const { events, metrics, peers, submit } = parts
  const alarms = new ThreadAlarms(parts)
  const app = new Hono()
  app.use(async (c, next) => {
    if (!isToken(c.req.header("authorization"), parts.token)) {
      throw new ExchangeError("unauthorized", "the request does not carry the desk's token")
    }
    await next()
  })
  const tooLarge = () => {
    throw new ExchangeError("too_large", `a request has ${bodyBytesMax} bytes at most`)
  }
  app.use(bodyLimit({ maxSize: bodyBytesMax, onError: tooLarge }))
  app.use((c, next) => (c.req.path === "/v1/events" ? next() : parts.during(next)))

  app.get("/live", (c) => c.json({ isLive: true }))
  app.get("/ready", async (c) => {
    // Reads the few rows of the links: without the database this is refused as unavailable.
    await parts.store.links()
    return c.json({ isReady: parts.isConnected() }, parts.isConnected() ? 200 : 503)
  })
  app.get("/metrics", (c) => c.text(metrics.text()))
  app.get("/v1/status", async (c) => c.json(await nodeStatus(parts, alarms)))
  app.get("/v1/invite", (c) => {
    const { ownStatements } = parts
    const { fingerprint } = ownStatements
    return c.json({ invite: encodeInvite(ownStatements), fingerprint })
  })
  app.get("/v1/peers", (c) => c.json(peers.all().map(peerLine)))
  app.post("/v1/peers", async (c) => {
    const peer = await peers.introduce(readIntroduction(await bodyOf(c.req)))
    await parts.onIntroduced()
    events.tell({ kind: "peers" })
    return c.json(peerLine(peer))
  })
  inboxRoutes(app, parts)
  app.get("/v1/threads", async (c) => c.json(await threadSummaries(parts)))
  app.get("/v1/threads/:id", async (c) => c.json(await threadReport(parts, c.req.param("id"))))
  app.post("/v1/warnings", async (c) => {
    const release = readRelease(await bodyOf(c.req))
    // A name that nobody has added is a mistake in the order: it is said before anybody is warned.
    for (const { org } of release.addressees) peers.known(org)
    return c.json(saidOf(await submit(release)))
  })
  app.post("/v1/threads/:id/acts", async (c) => {
    const { message } = saidOf(await submit(await actOf(parts, c.req)))
    return c.json({ message })
  })
  app.get("/v1/events", (c) =>
    c.body(events.open(), 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    }),
  )
  app.notFound((c) => {
    const message = `there is nothing at ${c.req.method} ${c.req.path}`
    return c.json({ code: "unknown_request", message, hint: otherVersion }, 404)
  })
  app.onError((error, c) => {
    const { status, ...refusal } = refusalOf(error)
    if (status >= 500) parts.diagnostics("error", "desk_request_failed", { code: codeOf(error) })
    return c.json(refusal, status)
  })
  return app
}

function inboxRoutes(app: Hono, parts: DeskParts): void {
  app.get("/v1/inbox", async (c) => {
    const atMs = momentOf(c.req.query("at"), parts.clock.nowMs())
    return c.json(await inboxAt(parts, atMs))
  })
  app.get("/v1/inbox/:side{ours|theirs}", async (c) => {
    const isOurs = c.req.param("side") === "ours"
    const atMs = momentOf(c.req.query("at"), parts.clock.nowMs())
    return c.json(await inboxPage(parts, { isOurs, atMs, after: c.req.query("after") }))
  })
}

function saidOf(answer: ExchangeAnswer): Omit<Extract<ExchangeAnswer, { kind: "said" }>, "kind"> {
  if (answer.kind === "said") {
    const { message, threads, leftOut } = answer
    return { message, threads, leftOut }
  }
  throw new RangeError(`an act is answered by what was said, and not by ${answer.kind}`)
}
