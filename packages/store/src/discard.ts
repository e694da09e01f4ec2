/** Empties a database, for nodes that are played with: a demonstration starts from nothing. */

import { Client } from "pg"

import { asStoreError } from "./error.ts"

const schemas = "gateway, exchange, home, bridge, store"

/**
 * Drops everything that the migrations have made, for good. `url`: of the owner, which no running
 * process of a node has.
 *
 * @throws StoreError
 */
export async function discard(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: "tearline discard" })
  // A server that goes away is told of by the statement that waits for it.
  client.on("error", () => undefined)
  try {
    await client.connect()
    await client.query(`drop schema if exists ${schemas} cascade`)
  } catch (error) {
    throw asStoreError(error, "discard")
  } finally {
    await client.end().catch(() => undefined)
  }
}
