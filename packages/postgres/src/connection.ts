/** Reaches the server over its socket: by connection string for others, by client for ourselves. */

import { Client } from "pg"

import { codeOf, PostgresError } from "./error.ts"
import { port } from "./socket-folder.ts"

/** What it takes to connect: a role, its password, and where the server listens. */
export interface Access {
  socketFolder: string
  role: string
  password: string
  database: string
}

/** A connection string that `pg` and libpq both read. It holds the password: pass it by pipe. */
export function urlOf({ socketFolder, role, password, database }: Access): string {
  const host = encodeURIComponent(socketFolder)
  return `postgresql://${role}:${password}@/${database}?host=${host}&port=${port}`
}

/** What a try to connect met: a server, none, one that says "later", or one that says nothing. */
export type Reached =
  | { kind: "ready"; client: Client }
  | { kind: "absent" }
  | { kind: "busy" }
  | { kind: "silent" }

const absent = new Set(["ENOENT", "ECONNREFUSED", "ENOTSOCK", "ENOTDIR"])
const denied = new Set(["28P01", "28000", "EACCES", "EPERM"])

/** Tries once. The caller ends the client. Throws only when another try cannot do better. */
export async function tryConnect(access: Access): Promise<Reached> {
  const client = new Client({ connectionString: urlOf(access), connectionTimeoutMillis: 5_000 })
  // A server that goes away later must not end the process that holds an idle client.
  client.on("error", () => undefined)
  try {
    await client.connect()
    return { kind: "ready", client }
  } catch (error) {
    await client.end().catch(() => undefined)
    const code = codeOf(error) ?? ""
    if (absent.has(code)) return { kind: "absent" }
    // 57P03: it starts, recovers or stops. Class 53: it has no room for us now.
    if (/^(57P|53)/.test(code)) return { kind: "busy" }
    if (!denied.has(code)) return { kind: "silent" }
    const message =
      `the server in ${access.socketFolder} does not let ${access.role} in (${code}); ` +
      "its folder and its secrets.json do not belong together, or another user started it"
    throw new PostgresError("foreign_folder", message, { cause: error })
  }
}
