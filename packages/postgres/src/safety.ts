/**
 * The self-check: a server that may lose what it has acknowledged is refused.
 *
 * An acknowledged and then lost warning is the worst failure there is. The same check runs on the
 * embedded server and on any other, over the connection of the role that will use it, since a
 * setting can differ by role and database. The doors of `@tearline/store` have the rule once more;
 * their test holds the two equal.
 */

import { PostgresError } from "./error.ts"

/** Anything that runs one statement: a client or pool of `pg`. */
export interface Queryable {
  query(text: string): Promise<{ rows: unknown[] }>
}

/** One row of what `selfCheckSql` returns. */
export interface Setting {
  name: string
  setting: string
}

/** A result of `name, setting`; any role may run it. */
export const selfCheckSql =
  "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', " +
  "'data_checksums', 'synchronous_commit', 'server_version_num')"

const wanted: Readonly<Record<string, readonly string[]>> = {
  fsync: ["on"],
  full_page_writes: ["on"],
  data_checksums: ["on"],
  // The weaker forms acknowledge what a standby may not hold; without a standby they gain nothing.
  synchronous_commit: ["on", "remote_apply"],
}

const majorMin = 15
const majorMax = 18

/** Throws `unsafe_settings` that lists each setting which is wrong, with what it must be. */
export function assertSafeSettings(rows: readonly Setting[]): void {
  const found = new Map(rows.map(({ name, setting }) => [name, setting]))
  const wrong = Object.entries(wanted)
    .filter(([name, allowed]) => !allowed.includes(found.get(name) ?? ""))
    .map(([name, allowed]) => `${name} is ${found.get(name) ?? "unknown"}, not ${allowed[0]}`)
  const major = Math.floor(Number(found.get("server_version_num")) / 10_000)
  if (!(major >= majorMin && major <= majorMax)) {
    wrong.push(`the server is PostgreSQL ${major}, not ${majorMin} to ${majorMax}`)
  }
  if (wrong.length === 0) return
  const message = `this server could lose warnings: ${wrong.join("; ")}; set it so and start again`
  throw new PostgresError("unsafe_settings", message)
}

/** Runs the self-check over a connection; throws `unsafe_settings`. */
export async function checkSafety(connection: Queryable): Promise<void> {
  const { rows } = await connection.query(selfCheckSql)
  assertSafeSettings(rows as Setting[])
}
