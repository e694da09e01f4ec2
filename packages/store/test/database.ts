/** A real server for one test file, migrated once; each test clones what it needs. */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"

import { Client } from "pg"

import { type PostgresServer, prepareRoles, startPostgres } from "@tearline/postgres"
import { migrate } from "@tearline/store"

export type Role = "tl_admin" | "tl_owner" | "tl_gateway" | "tl_exchange" | "tl_home" | "tl_bridge"

export interface TestServer {
  /** A connection string for one of the migrated originals or a clone. */
  url(role: Role, database: string): string
  /** A database of its own, like the migrated one. Returns its name. */
  clone(database: "tl_gateway" | "tl_desk"): Promise<string>
  stop(): Promise<void>
}

export async function startTestServer(): Promise<TestServer> {
  const folder = mkdtempSync(`${tmpdir()}/tearline-store-`)
  const server = await startPostgres({ folder })
  const urls = await prepareRoles(server)
  await migrate({ url: urls.gatewayOwner, database: "gateway" })
  await migrate({ url: urls.deskOwner, database: "desk" })
  let clones = 0
  const clone = async (database: string): Promise<string> => {
    clones += 1
    const name = `${database}_${clones}`
    await cloneDatabase(server, database, name)
    return name
  }
  const stop = async (): Promise<void> => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  return { url: (role, database) => server.url(role, database), clone, stop }
}

async function cloneDatabase(server: PostgresServer, from: string, name: string): Promise<void> {
  const users = from === "tl_gateway" ? "tl_gateway" : "tl_exchange, tl_home, tl_bridge"
  await query(server.url("tl_admin", "postgres"), [
    `create database ${name} template ${from} owner tl_owner`,
    `revoke all on database ${name} from public`,
    `grant connect on database ${name} to ${users}`,
  ])
}

/** Runs statements on a connection of its own; gives the rows of the last. */
export async function query(
  url: string,
  statements: readonly string[],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}
