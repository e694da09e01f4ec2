/**
 * The two databases and the roles of a node's processes.
 *
 * Two databases, not two schemas, so that the gateway, which faces the internet, cannot even
 * connect to where the desk works. Roles that run own nothing; `tl_owner` owns the databases and is
 * used by migrations alone. An external server has the same roles under whatever name, one URL
 * each, so that the launcher treats both alike.
 */

import { type Client, escapeIdentifier, escapeLiteral } from "pg"

import { tryConnect } from "./connection.ts"
import { PostgresError } from "./error.ts"
import { scramVerifier, verifies } from "./scram.ts"
import { adminRole, roleNames, type RoleName } from "./secrets.ts"
import { type PostgresServer } from "./server.ts"
import { connectionsMax } from "./settings.ts"

/** A connection string for each role. They hold passwords: hand each process its own, by pipe. */
export interface RoleUrls {
  /** For migrations of the gateway's database. */
  gatewayOwner: string
  gateway: string
  /** For migrations of the desk's database. */
  deskOwner: string
  exchange: string
  home: string
  bridge: string
}

type RunningRole = "gateway" | "exchange" | "home" | "bridge"

const residents: Readonly<Record<string, readonly RoleName[]>> = {
  tl_gateway: ["tl_gateway"],
  tl_desk: ["tl_exchange", "tl_home", "tl_bridge"],
}

/** Makes roles and databases as this version wants them, as often as one likes. */
export async function prepareRoles(server: PostgresServer): Promise<RoleUrls> {
  await asAdmin(server, "postgres", async (admin) => {
    // Two launchers on one server would otherwise trip over each other's rows.
    await admin.query("select pg_advisory_lock(hashtext('tearline roles'))")
    for (const role of roleNames) await prepareRole(admin, role, server.passwords[role])
    await admin.query("revoke all on database postgres, template1 from public")
    for (const database of Object.keys(residents)) await prepareDatabase(admin, database)
  })
  for (const database of Object.keys(residents)) {
    await asAdmin(server, database, async (admin) => {
      await admin.query("revoke all on schema public from public")
    })
  }
  return {
    gatewayOwner: server.url("tl_owner", "tl_gateway"),
    gateway: server.url("tl_gateway", "tl_gateway"),
    deskOwner: server.url("tl_owner", "tl_desk"),
    exchange: server.url("tl_exchange", "tl_desk"),
    home: server.url("tl_home", "tl_desk"),
    bridge: server.url("tl_bridge", "tl_desk"),
  }
}

async function prepareRole(admin: Client, role: RoleName, password: string): Promise<void> {
  const name = escapeIdentifier(role)
  const { rows } = await admin.query<{ rolpassword: string | null }>(
    "select rolpassword from pg_authid where rolname = $1",
    [role],
  )
  if (rows.length === 0) await admin.query(`create role ${name}`)
  await admin.query(
    `alter role ${name} login nosuperuser nocreatedb nocreaterole noinherit noreplication ` +
      `nobypassrls connection limit ${connectionsMax[role]}`,
  )
  // A failed statement's message can quote what it was given. It goes to the client, not the log.
  await admin.query(`alter role ${name} set log_min_messages = 'log'`)
  if (verifies(rows[0]?.rolpassword ?? null, password)) return
  await admin.query(`alter role ${name} password ${escapeLiteral(scramVerifier(password))}`)
}

async function prepareDatabase(admin: Client, database: string): Promise<void> {
  const name = escapeIdentifier(database)
  const { rowCount } = await admin.query("select from pg_database where datname = $1", [database])
  if (rowCount === 0) await admin.query(`create database ${name} owner tl_owner`)
  await admin.query(`revoke all on database ${name} from public`)
  for (const role of residents[database] ?? []) {
    await admin.query(`grant connect on database ${name} to ${escapeIdentifier(role)}`)
  }
}

async function asAdmin(
  server: PostgresServer,
  database: string,
  work: (admin: Client) => Promise<void>,
): Promise<void> {
  const { socketFolder, passwords } = server
  const role = adminRole
  const reached = await tryConnect({ socketFolder, role, password: passwords[role], database })
  if (reached.kind !== "ready") {
    throw new PostgresError("start_failed", `database ${database} cannot be reached; start again`)
  }
  try {
    await work(reached.client)
  } finally {
    await reached.client.end()
  }
}

/**
 * The same shape for a server that is not ours: the operator has made the roles. Refuses what is no
 * PostgreSQL URL, and a gateway that would share a database or a user with the desk.
 */
export function externalRoles(urls: RoleUrls): RoleUrls {
  const parts = new Map(Object.entries(urls).map(([role, url]) => [role, parsed(role, url)]))
  for (const desk of ["deskOwner", "exchange", "home", "bridge"]) {
    if (parts.get(desk)?.database === parts.get("gateway")?.database) {
      const message = `gateway and ${desk} are given one database; the gateway needs its own`
      throw new PostgresError("bad_url", message)
    }
  }
  const running = ["gateway", "exchange", "home", "bridge"].map((role) => parts.get(role)?.user)
  if (new Set(running).size < running.length) {
    const message = "two processes are given one database user; each needs its own"
    throw new PostgresError("bad_url", message)
  }
  return { ...urls }
}

/** As whom each running process connects: what migrations grant to. Throws `bad_url`. */
export function usersOf(urls: RoleUrls): Record<RunningRole, string> {
  return {
    gateway: parsed("gateway", urls.gateway).name,
    exchange: parsed("exchange", urls.exchange).name,
    home: parsed("home", urls.home).name,
    bridge: parsed("bridge", urls.bridge).name,
  }
}

interface Parsed {
  /** With its server, so that equal names on two servers are two users. */
  readonly user: string
  readonly database: string
  readonly name: string
}

function parsed(role: string, url: string): Parsed {
  // The form without a host, for a socket, is PostgreSQL's own and not a general URL.
  const readable = url.replace("@/", "@socket/")
  const found = URL.canParse(readable) ? new URL(readable) : undefined
  if (found === undefined || !/^postgres(ql)?:$/.test(found.protocol)) {
    throw new PostgresError("bad_url", `the URL for ${role} is not of the form postgresql://…`)
  }
  const server = `${found.host}${found.searchParams.get("host") ?? ""}`
  return {
    user: `${server} ${found.username}`,
    database: `${server}${found.pathname}`,
    name: decodeURIComponent(found.username),
  }
}
