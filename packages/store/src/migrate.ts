/**
 * Brings a database to what this program expects: numbered SQL files, forward only, each once.
 *
 * Run by the launcher as the owner, whom no running process connects as. Two launchers at once are
 * kept apart by a locked row rather than an advisory lock, which some engines and poolers ignore. A
 * file that was applied is never edited: its SHA-256 is kept, and another one is refused.
 */

import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"

import { Client, escapeIdentifier } from "pg"

import { asStoreError, sqlStateOf, StoreError } from "./error.ts"

/** The names of the roles that the processes connect as. */
export interface RoleNames {
  readonly gateway: string
  readonly exchange: string
  readonly home: string
  readonly bridge: string
}

export interface MigrateOptions {
  /** A connection string of the database's owner. */
  readonly url: string
  readonly database: "gateway" | "desk"
  /** Where they have other names than tl_gateway and so on. */
  readonly roles?: RoleNames
  /** Told of every file that is applied, in words for people. */
  readonly onProgress?: (message: string) => void
  /** Where the numbered files are; those of this package unless told. */
  readonly folder?: string
}

interface Migration {
  readonly name: string
  readonly text: string
  readonly sha256: string
}

const usualRoles: RoleNames = {
  gateway: "tl_gateway",
  exchange: "tl_exchange",
  home: "tl_home",
  bridge: "tl_bridge",
}

/**
 * Applies what is missing, one transaction a file, and returns the names of what it applied.
 *
 * @throws StoreError `migration_changed`, `migration_unknown`, or what the database met.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const folder = options.folder ?? new URL(`../sql/${options.database}`, import.meta.url).pathname
  const migrations = readMigrations(folder)
  const client = new Client({ connectionString: options.url, application_name: "tearline migrate" })
  // A server that goes away is told of by the statement that waits for it.
  client.on("error", () => undefined)
  try {
    await client.connect()
    await prepare(client)
    const applied: string[] = []
    for (const migration of migrations) {
      const isNew = await apply(client, {
        migration,
        migrations,
        roles: options.roles ?? usualRoles,
      })
      if (!isNew) continue
      options.onProgress?.(`database ${options.database}: applied ${migration.name}`)
      applied.push(migration.name)
    }
    return applied
  } catch (error) {
    throw asStoreError(error, `migrate_${options.database}`)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function readMigrations(folder: string): Migration[] {
  const names = readdirSync(folder).filter((it) => /^\d{4}.*\.sql$/.test(it))
  return names.toSorted().map((name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8")
    return { name, text, sha256: createHash("sha256").update(text).digest("hex") }
  })
}

const preparation = `
  create schema if not exists store;
  create table if not exists store.migration_lock (id int2 not null primary key);
  create table if not exists store.migration (
    name text not null primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
  );
  insert into store.migration_lock values (1) on conflict do nothing`

/** Two owners that come first at the same moment trip over each other's catalogue rows, once. */
async function prepare(client: Client): Promise<void> {
  try {
    await client.query(preparation)
  } catch (error) {
    if (!["23505", "42P06", "42P07"].includes(sqlStateOf(error) ?? "")) throw error
    await client.query(preparation)
  }
}

interface Step {
  readonly migration: Migration
  readonly migrations: readonly Migration[]
  readonly roles: RoleNames
}

async function apply(client: Client, { migration, migrations, roles }: Step): Promise<boolean> {
  await client.query("begin")
  try {
    await client.query("select from store.migration_lock where id = 1 for update")
    const { rows } = await client.query<{ name: string; sha256: string }>(
      "select name, sha256 from store.migration",
    )
    assertSame(rows, migrations)
    const isNew = !rows.some((it) => it.name === migration.name)
    if (isNew) {
      await client.query(withRoles(migration.text, roles))
      await client.query("insert into store.migration (name, sha256) values ($1, $2)", [
        migration.name,
        migration.sha256,
      ])
    }
    await client.query("commit")
    return isNew
  } catch (error) {
    await client.query("rollback").catch(() => undefined)
    throw error
  }
}

function assertSame(
  applied: readonly { name: string; sha256: string }[],
  migrations: readonly Migration[],
): void {
  for (const { name, sha256 } of applied) {
    const ours = migrations.find((it) => it.name === name)
    if (ours === undefined) {
      const message = `migration ${name} was applied by a newer program; update this one`
      throw new StoreError("migration_unknown", message)
    }
    if (ours.sha256 === sha256) continue
    const message = `migration ${name} is not the file that was applied; restore it`
    throw new StoreError("migration_changed", message)
  }
}

/** `:"exchange"` stands for a role, as in psql. */
function withRoles(text: string, roles: RoleNames): string {
  return text.replaceAll(/:"(gateway|exchange|home|bridge)"/g, (_, role: keyof RoleNames) =>
    escapeIdentifier(roles[role]),
  )
}
