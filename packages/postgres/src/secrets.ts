/** The passwords of the embedded server, in one file that only the launcher's user may read. */

import { randomBytes } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"

import { writeDurably } from "./durable-file.ts"
import { PostgresError } from "./error.ts"

/** The cluster's superuser, for the supervisor alone. */
export const adminRole = "tl_admin"

/** Every role that a process or a migration connects as. */
export const roleNames = ["tl_owner", "tl_gateway", "tl_exchange", "tl_home", "tl_bridge"] as const

export type RoleName = (typeof roleNames)[number]

export type Passwords = Readonly<Record<RoleName | typeof adminRole, string>>

/** Reads the passwords; makes them, durably, before the cluster that will need them exists. */
export function openSecrets(folder: string, data: string): Passwords {
  const path = `${folder}/secrets.json`
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Passwords
  if (existsSync(data)) {
    const message = `${path} is gone, and with it the way into ${data}; restore it from a backup`
    throw new PostgresError("secrets_lost", message)
  }
  const names = [adminRole, ...roleNames]
  const made = names.map((name) => [name, randomBytes(32).toString("base64url")])
  const passwords = Object.fromEntries(made) as Passwords
  writeDurably(path, `${JSON.stringify(passwords, undefined, 2)}\n`)
  return passwords
}
