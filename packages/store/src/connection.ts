/**
 * The connections of one process to its database, and the one place that retries and names
 * failures.
 *
 * A FLASH has a connection of its own, so that it waits behind no backlog: lane 0 goes to a second,
 * small pool that nothing else may use.
 */

import { Kysely, PostgresDialect } from "kysely"
import { Pool, type PoolClient, types as pgTypes } from "pg"

import type { Lane } from "@tearline/core"

import { Batch, type Outcome, type Statement } from "./batch.ts"
import { assertDurable } from "./durability.ts"
import { asStoreError, isAnswer, sqlStateOf } from "./error.ts"

export interface ConnectOptions {
  /** Shown by the server in pg_stat_activity. */
  readonly name: string
  /** Connections for everything but FLASH, which has one more. 6 unless told. */
  readonly max?: number
}

const statementTimeoutMs = 30_000
const retriesMax = 5

/** Tables as kysely sees them. */
export class Connections<Tables> {
  readonly #usual: Pool
  readonly #flash: Pool
  /** For what is not on the hot path. Wrap its calls in `named`. */
  readonly tables: Kysely<Tables>

  constructor(usual: Pool, flash: Pool) {
    this.#usual = usual
    this.#flash = flash
    this.tables = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: usual }) })
  }

  /**
   * Runs the statements in one transaction and one round trip; what it changed is durable on
   * return. Runs it again where the server asks for that.
   *
   * @throws StoreError
   */
  async run(statements: readonly Statement[], lane: Lane = 3): Promise<readonly Outcome[]> {
    const pool = lane === 0 ? this.#flash : this.#usual
    return await retried(async () => await runOnce(pool, statements))
  }

  /** Runs one statement; see `run`. */
  async runOne(statement: Statement, lane: Lane = 3): Promise<Outcome> {
    const [outcome] = await this.run([statement], lane)
    return outcome ?? { rows: [], count: 0 }
  }

  /** Runs work over `tables`, which may run more than once; names the failure after it. */
  async named<T>(name: string, work: (tables: Kysely<Tables>) => Promise<T>): Promise<T> {
    return await retried(async () => {
      try {
        return await work(this.tables)
      } catch (error) {
        throw sqlStateOf(error) === undefined ? asStoreError(error, name) : named(error, name)
      }
    })
  }

  async close(): Promise<void> {
    // Not through kysely, which ends no pool that it has not used yet.
    await Promise.all([this.#usual.end(), this.#flash.end()])
  }
}

/** Keeps the name beside an error until it is known whether it is tried again. */
function named(error: unknown, name: string): NamedFailure {
  return new NamedFailure(error, name)
}

class NamedFailure extends Error {
  override readonly name = "NamedFailure"
  readonly statement: string

  constructor(cause: unknown, statement: string) {
    super(statement, { cause })
    this.statement = statement
  }
}

async function runOnce(pool: Pool, statements: readonly Statement[]): Promise<readonly Outcome[]> {
  const client: PoolClient = await pool.connect()
  const batch = new Batch(statements)
  try {
    client.query(batch)
    const outcomes = await batch.done
    client.release()
    return outcomes
  } catch (error) {
    // An answer of the server leaves the connection good; anything else does not.
    client.release(!isAnswer(error))
    throw named(error, batch.running ?? "commit")
  }
}

/** The server's own request to try again: it found that two transactions cannot both go on. */
const retryable = new Set(["40001", "40P01"])

async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const failure = error instanceof NamedFailure ? error.cause : error
      if (attempt > retriesMax || !retryable.has(sqlStateOf(failure) ?? "")) {
        throw asStoreError(failure, error instanceof NamedFailure ? error.statement : undefined)
      }
    }
  }
}

const int8 = 20

/** Whole numbers of eight bytes as numbers: ours are times and counts, far below 2^53. */
const types = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === int8 ? Number : pgTypes.getTypeParser(oid, format)) as typeof pgTypes.getTypeParser,
}

function openPool(url: string, name: string, max: number): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: name,
    max,
    types,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
  })
  // An idle connection that the server ends must not end the process; the next use opens another.
  pool.on("error", () => undefined)
  // Nor must one that is in use: the statement under way fails, which is all that has happened.
  pool.on("connect", (client) => client.on("error", () => undefined))
  return pool
}

/**
 * Opens the connections of a process, and refuses a server that could lose what it acknowledges.
 *
 * @throws StoreError
 */
export async function connect<Tables>(
  url: string,
  options: ConnectOptions,
): Promise<Connections<Tables>> {
  const usual = openPool(url, `tearline ${options.name}`, options.max ?? 6)
  const flash = openPool(url, `tearline ${options.name} flash`, 1)
  const connections = new Connections<Tables>(usual, flash)
  try {
    await assertDurable(usual)
    return connections
  } catch (error) {
    await connections.close()
    throw asStoreError(error, "assert_durable")
  }
}
