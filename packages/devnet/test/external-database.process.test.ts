/** A node on somebody else's PostgreSQL, whose roles and databases have names of their own. */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"

import { Client } from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"

import { initNode, launch } from "@tearline/cli"
import { type PostgresServer, startPostgres } from "@tearline/postgres"

const work = mkdtempSync(`${tmpdir()}/tearline-external-`)
let server: PostgresServer

/** As docs/operating/first-node.md tells the operator to make them. */
const statements = [
  "create role birch_owner login password 'p'",
  ...["gateway", "exchange", "home", "bridge"].map(
    (it) => `create role "birch-${it}" login password 'p'`,
  ),
  "create database birch_gateway owner birch_owner",
  "create database birch_desk owner birch_owner",
  "revoke all on database birch_gateway, birch_desk from public",
  'grant connect on database birch_gateway to "birch-gateway"',
  'grant connect on database birch_desk to "birch-exchange", "birch-home", "birch-bridge"',
]

beforeAll(async () => {
  server = await startPostgres({ folder: `${work}/server` })
  const admin = new Client({ connectionString: server.url("tl_admin", "postgres") })
  await admin.connect()
  for (const statement of statements) await admin.query(statement)
  await admin.end()
})

afterAll(async () => {
  await server.stop()
  rmSync(work, { recursive: true, force: true })
})

function urlOf(user: string, database: string): string {
  const host = encodeURIComponent(server.socketFolder)
  return `postgresql://${user}:p@/${database}?host=${host}&port=${server.port}`
}

const patience = { timeout: 60_000, interval: 100 }

test("a node runs on an external PostgreSQL, whatever its roles are called", async () => {
  const dir = `${work}/birch`
  const databases = {
    gatewayOwner: urlOf("birch_owner", "birch_gateway"),
    gateway: urlOf("birch-gateway", "birch_gateway"),
    deskOwner: urlOf("birch_owner", "birch_desk"),
    exchange: urlOf("birch-exchange", "birch_desk"),
    home: urlOf("birch-home", "birch_desk"),
    bridge: urlOf("birch-bridge", "birch_desk"),
  }
  await initNode({ dir, name: "Birch", listen: { host: "127.0.0.1", port: 0 }, databases })
  const node = await launch({ dir })
  try {
    const status = async (): Promise<string> => (await node.desk.status()).status
    await expect.poll(status, patience).toBe("ready")
  } finally {
    await node.stop()
  }
})
