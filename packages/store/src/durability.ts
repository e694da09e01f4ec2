/**
 * The self-check of a door: a server that may lose what it has acknowledged is refused.
 *
 * The launcher checks the server that it starts. A door checks again, over the connection that it
 * will use: a setting can differ by role and database, and an external server is nobody's to
 * start.
 *
 * The rule stands in `@tearline/postgres` too, on purpose: a process that faces the internet must
 * not bring the supervisor of servers with it, and the supervisor stands on nothing of ours. A test
 * holds the two equal.
 */

import { StoreError } from "./error.ts"

/** Anything that runs one statement: a client or pool of `pg`. */
export interface Queryable {
  query(text: string): Promise<{ rows: unknown[] }>
}

const settingsSql =
  "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', " +
  "'data_checksums', 'synchronous_commit', 'server_version_num')"

const wanted: Readonly<Record<string, readonly string[]>> = {
  fsync: ["on"],
  full_page_writes: ["on"],
  data_checksums: ["on"],
  // The weaker forms acknowledge what a standby may not hold; without a standby they gain nothing.
  synchronous_commit: ["on", "remote_apply"],
}

/** @throws StoreError `unsafe_settings`, naming each setting that is wrong and what it must be. */
export async function assertDurable(connection: Queryable): Promise<void> {
  const { rows } = await connection.query(settingsSql)
  const settings = rows as { name: string; setting: string }[]
  const found = new Map(settings.map(({ name, setting }) => [name, setting]))
  const wrong = Object.entries(wanted)
    .filter(([name, allowed]) => !allowed.includes(found.get(name) ?? ""))
    .map(([name, allowed]) => `${name} is ${found.get(name) ?? "unknown"}, not ${allowed[0]}`)
  const major = Math.floor(Number(found.get("server_version_num")) / 10_000)
  if (!(major >= 15 && major <= 18)) wrong.push(`the server is PostgreSQL ${major}, not 15 to 18`)
  if (wrong.length === 0) return
  const message = `this server could lose warnings: ${wrong.join("; ")}; set it so and start again`
  throw new StoreError("unsafe_settings", message)
}
