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
  type Diagnostics,
  type FileDoor,
  type Metrics,
  dropBytesMax,
} from "@tearline/core"
import { type Value, encode } from "@tearline/crypto"

import { readBody } from "./body.ts"
import { GatewayError, codeOf } from "./gateway-error.ts"
import { readClosed, readPage } from "./inner-requests.ts"
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

async function close(c: CourierContext, { door }: CourierParts): Promise<Response> {
  const { openedMs, from } = readClosed(await readBody(c.env.incoming, closeBytesMax))
  await door.close(Math.min(openedMs, door.open()), from)
  return c.body(null, 204)
}

const closeBytesMax = 1024 * 1024

async function take(c: CourierContext, { door }: CourierParts): Promise<Response> {
  const page = readPage(await readBody(c.env.incoming, pageBytesMax))
  const { files, next } = await door.take(page)
  const place = next && [next.lane, next.atMs, next.digest, next.peer, next.kind]
  const answer: Value[] = [[...files], place]
  return c.body(new Uint8Array(encode(answer)), 200, cbor)
}

const pageBytesMax = 1024
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
