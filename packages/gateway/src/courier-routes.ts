/**
 * What a courier may ask of the gateway: what is to be carried, and to hand in what was.
 *
 * It shows a pin of its own on the inner listener and reaches nothing else there. It is trusted
 * with no more than the post: spec/carriers.md 4.
 */

import type { HttpBindings } from "@hono/node-server"
import type { Context } from "hono"

import {
  type Activity,
  type CarriedPlace,
  type Diagnostics,
  type FileDoor,
  type Metrics,
  type OrgId,
  dropBytesMax,
} from "@tearline/core"
import { type Value, decode, encode } from "@tearline/crypto"

import { readBody } from "./body.ts"
import { GatewayError, codeOf } from "./gateway-error.ts"
import type { App } from "./listener.ts"

export interface CourierParts {
  readonly door: FileDoor
  readonly activity: Activity
  readonly metrics: Metrics
  readonly diagnostics: Diagnostics
}

type CourierContext = Context<{ Bindings: HttpBindings }>

/** Everything below it is the courier's, and nothing else is. */
export const courierPath = "/courier/v1/"

const cbor = { "content-type": "application/cbor" }

export function courierRoutes(app: App, parts: CourierParts): void {
  const { activity } = parts
  app.post(`${courierPath}open`, (c) => open(c, parts))
  app.post(`${courierPath}close`, (c) => activity.during(() => close(c, parts)))
  app.post(`${courierPath}take`, (c) => activity.during(() => take(c, parts)))
  app.post(`${courierPath}bring`, (c) => activity.during(() => bring(c, parts)))
}

function open(c: CourierContext, { door }: CourierParts): Response {
  return c.json({ openedMs: door.open() })
}

/** `[when it was opened, organisations]`. */
async function close(c: CourierContext, { door }: CourierParts): Promise<Response> {
  const value: unknown = decode(await readBody(c.env.incoming, closeBytesMax))
  const [openedMs, from] = Array.isArray(value) ? (value as unknown[]) : []
  const isList = Array.isArray(from) && from.every((it) => orgForm.test(String(it)))
  if (typeof openedMs !== "number" || !isList) throw malformed()
  await door.close(Math.min(openedMs, door.open()), from as OrgId[])
  return c.body(null, 204)
}

const closeBytesMax = 1024 * 1024

async function take(c: CourierContext, { door }: CourierParts): Promise<Response> {
  const { to, after } = pageOf(decode(await readBody(c.env.incoming, pageBytesMax)))
  const { files, next } = await door.take({ to, after })
  const place = next && [next.lane, next.atMs, next.digest, next.peer, next.kind]
  const answer: Value[] = [[...files], place]
  return c.body(new Uint8Array(encode(answer)), 200, cbor)
}

const pageBytesMax = 1024
const orgForm = /^[0-9a-f]{32}$/
const digestForm = /^[0-9a-f]{64}$/

/** `[to or null, place or null]`. */
function pageOf(value: unknown): { to: OrgId | null; after: CarriedPlace | null } {
  if (!Array.isArray(value) || value.length !== 2) throw malformed()
  const [to, after] = value as unknown[]
  if (to !== null && (typeof to !== "string" || !orgForm.test(to))) throw malformed()
  return { to: to as OrgId | null, after: after === null ? null : placeOf(after) }
}

function placeOf(value: unknown): CarriedPlace {
  const [lane, atMs, digest, peer, kind] = Array.isArray(value) ? (value as unknown[]) : []
  const isPlace =
    typeof lane === "number" &&
    lane <= 3 &&
    typeof atMs === "number" &&
    digestForm.test(String(digest)) &&
    orgForm.test(String(peer)) &&
    ["unit", "custody", "refusal"].includes(String(kind))
  if (!isPlace) throw malformed()
  return { lane, atMs, digest, peer, kind } as CarriedPlace
}

function malformed(): GatewayError {
  return new GatewayError("malformed", "a page is [to or null, place or null]: spec/carriers.md 4")
}

async function bring(c: CourierContext, parts: CourierParts): Promise<Response> {
  const { door, metrics, diagnostics } = parts
  try {
    const brought = await door.bring(await readBody(c.env.incoming, dropBytesMax))
    const outcome = brought.kind === "refused" ? brought.code : brought.kind
    metrics.count("tearline_gateway_files_total", { outcome })
    return c.json(brought)
  } catch (error) {
    if (error instanceof GatewayError) throw error
    diagnostics("error", "file_not_written", { code: codeOf(error) })
    return c.json({ code: "unavailable" }, 503)
  }
}
