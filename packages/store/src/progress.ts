/**
 * How far the databases of a node have got: read by the launcher, to see that neither has become an
 * older one while nobody looked.
 */

import { Client } from "pg"

import type { OrgId } from "@tearline/core"

import { asStoreError } from "./error.ts"
import { storedLinkOf } from "./exchange/link.ts"

/** Of each link its epoch and the version of its row: both only ever grow. */
export type LinkProgress = Readonly<
  Record<OrgId, { readonly epoch: number; readonly version: number }>
>

/** Reads every link as the exchange's role. Throws StoreError, `corrupt` for a damaged one. */
export async function linkProgress(exchangeUrl: string): Promise<LinkProgress> {
  const text =
    "select encode(peer, 'hex') peer, version, state, encode(sum, 'base64') sum from exchange.link"
  const rows = await read(exchangeUrl, "link_progress", text)
  return Object.fromEntries(
    rows.map(({ peer, version, state, sum }) => {
      const row = [`\\x${String(peer)}`, ...[version, state, sum].map(String)]
      const stored = storedLinkOf(row)
      return [stored.link.peer, { epoch: stored.link.epoch, version: stored.version }]
    }),
  )
}

/** The latest time that the gateway has written, 0 for none. Reads its tables through. */
export async function gatewayProgress(gatewayUrl: string): Promise<number> {
  const [row] = await read(
    gatewayUrl,
    "gateway_progress",
    "select greatest((select max(at_ms) from gateway.arrival), " +
      "(select max(at_ms) from gateway.refused), 0) latest",
  )
  return Number(row?.["latest"] ?? 0)
}

async function read(
  connectionString: string,
  name: string,
  text: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({
    connectionString,
    application_name: "tearline launcher",
    connectionTimeoutMillis: 10_000,
  })
  // A server that goes away is told of by the statement that waits for it.
  client.on("error", () => undefined)
  try {
    await client.connect()
    return (await client.query<Record<string, unknown>>(text)).rows
  } catch (error) {
    throw asStoreError(error, name)
  } finally {
    await client.end().catch(() => undefined)
  }
}
