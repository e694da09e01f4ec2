/**
 * What the internet may ask of the gateway: one thing, to take a delivery unit.
 *
 * A peer is known by the pin of its connection, looked up for every request. A peer whose outer
 * signature holds is told in a signed refusal what is wrong with its unit; everybody and everything
 * else gets one answer that tells nothing apart. spec/carriage.md 3.
 */

import type { HttpBindings } from "@hono/node-server"
import type { Context } from "hono"

import type {
  Activity,
  ArrivalAnswer,
  ArrivalInput,
  Diagnostics,
  Host,
  Metrics,
} from "@tearline/core"
import { unitBytesMax } from "@tearline/crypto"
import type { GatewayPeer } from "@tearline/store/gateway"

import type { Admission } from "./admission.ts"
import { readBody, statedLength } from "./body.ts"
import { codeOf } from "./gateway-error.ts"
import { type App, newApp } from "./listener.ts"
import type { Peers } from "./peers.ts"
import { claimsOf } from "./suite.ts"
import { pinOfSocket } from "./tls.ts"

export interface OuterParts {
  readonly peers: Peers
  readonly host: Host<ArrivalInput, ArrivalAnswer>
  readonly admission: Admission
  readonly activity: Activity
  readonly metrics: Metrics
  readonly diagnostics: Diagnostics
}

type OuterContext = Context<{ Bindings: HttpBindings }>

export const envelopesPath = "/tearline/v1/envelopes"

export function outerApp(parts: OuterParts): App {
  const app = newApp()
  app.post(envelopesPath, (c) => parts.activity.during(() => receive(c, parts)))
  app.all("*", (c) => refused(c, parts, "no_such_request"))
  app.onError((error, c) => refused(c, parts, codeOf(error)))
  return app
}

async function receive(c: OuterContext, parts: OuterParts): Promise<Response> {
  const { incoming } = c.env
  const pin = pinOfSocket(incoming.socket)
  const peer = parts.peers.byPin(pin)
  if (pin === undefined || peer === undefined) return refused(c, parts, "unknown_pin")
  const length = statedLength(incoming)
  if (length === undefined) return refused(c, parts, "no_length", 400)
  if (length > unitBytesMax) return refused(c, parts, "too_large", 413)
  const leave = parts.admission.enter(pin, c.req.query("lane") === "0")
  if (leave === undefined) return turnedAway(c, parts, { org: peer.org, length })
  try {
    return await taken(c, parts, { peer, unit: await readBody(incoming, unitBytesMax) })
  } finally {
    leave()
  }
}

async function taken(
  c: OuterContext,
  parts: OuterParts,
  { peer, unit }: { readonly peer: GatewayPeer; readonly unit: Uint8Array },
): Promise<Response> {
  const { sender, lane } = claimsOf(unit)
  // A peer carries its own envelopes only: a captured one brought by another is nobody's.
  if (sender !== undefined && sender !== peer.org) return refused(c, parts, "wrong_carrier")
  try {
    const answer = await parts.host.submit({ unit }, lane)
    if (answer.kind === "custody") {
      parts.metrics.count("tearline_gateway_arrivals_total", { lane, outcome: "custody" })
      return c.body(plain(answer.receipt), 200, cbor)
    }
    if (answer.refusal === null) return refused(c, parts, answer.code)
    parts.metrics.count("tearline_gateway_arrivals_total", { lane, outcome: "refused" })
    note(parts, answer.code, peer.org)
    return c.body(plain(answer.refusal), 422, cbor)
  } catch (error) {
    parts.metrics.count("tearline_gateway_arrivals_total", { lane, outcome: "unwritten" })
    parts.diagnostics("error", "arrival_not_written", { code: codeOf(error), org: peer.org })
    return unavailable(c)
  }
}

const cbor = { "content-type": "application/cbor" }

/** The same bytes with the buffer type that a response asks for. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}

function unavailable(c: OuterContext): Response {
  return c.json({ code: "refused" }, 503, { "retry-after": "1" })
}

/** What is dropped unread costs less than the handshake of another connection. */
const droppedBytesMax = 65_536

/** More is in hand than may be: to come again, before anything of it is read. */
function turnedAway(
  c: OuterContext,
  parts: OuterParts,
  { org, length }: { readonly org: string; readonly length: number },
): Response {
  note(parts, "too_many", org)
  const closing = length > droppedBytesMax ? { connection: "close" } : undefined
  return c.json({ code: "refused" }, 429, { "retry-after": "1", ...closing })
}

/** The one answer to whatever nobody signed for. The code stays at home. */
function refused(
  c: OuterContext,
  parts: OuterParts,
  code: string,
  status: 400 | 403 | 413 | 429 = 403,
): Response {
  const { socket, complete } = c.env.incoming
  const pin = pinOfSocket(socket)
  const peer = parts.peers.byPin(pin)
  const may = parts.admission.mayRefuse(pin ?? socket.remoteAddress ?? "nowhere")
  note(parts, code, peer?.org)
  // What was not read is not read any more, and who is no peer asks once a connection.
  const closing = peer === undefined || !complete ? { connection: "close" } : undefined
  return c.json({ code: "refused" }, may ? status : 429, closing)
}

function note({ metrics, diagnostics }: OuterParts, code: string, org: string | undefined): void {
  metrics.count("tearline_gateway_refusals_total", { code })
  // A stranger could fill the disk with lines; the counter has them all.
  if (org !== undefined) diagnostics("warn", "unit_refused", { code, org })
}
