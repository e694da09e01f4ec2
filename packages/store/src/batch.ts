/**
 * Several named statements in one round trip and one transaction.
 *
 * In PostgreSQL's extended protocol everything up to the next Sync is one implicit transaction. So
 * a batch is sent as Bind, Execute for each statement and one Sync: no BEGIN, no COMMIT, no waiting
 * in between, and the answer to the Sync says that all of it is on stable storage. The driver's own
 * queries put a Sync behind each statement; this is its interface for other kinds of query.
 */

import { type Connection, type Submittable } from "pg"

type Parameter = Buffer | string | number | boolean | null

export interface Statement {
  /** Unique for its text; the server keeps the plan under it. */
  readonly name: string
  readonly text: string
  readonly values: readonly Parameter[]
}

/** A value as the server writes it in text form; see reading.ts. */
export type Field = string | null

export interface Outcome {
  readonly rows: readonly (readonly Field[])[]
  /** Rows returned, or touched by a change. */
  readonly count: number
}

/** What each connection has prepared. */
const prepared = new WeakMap<object, Set<string>>()

export class Batch implements Submittable {
  readonly done: Promise<readonly Outcome[]>
  /** The statement that ran last, for the error's message. */
  running: string | undefined
  readonly #statements: readonly Statement[]
  readonly #outcomes: Outcome[] = []
  #rows: Field[][] = []
  #resolve: (outcomes: readonly Outcome[]) => void
  #reject: (reason: unknown) => void

  constructor(statements: readonly Statement[]) {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Outcome[]>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#statements = statements
    this.running = statements[0]?.name
  }

  /** Called by the driver when the connection is ours. */
  submit(connection: Connection): void {
    const known = prepared.get(connection) ?? new Set()
    prepared.set(connection, known)
    // One write to the socket instead of three for each statement.
    connection.stream.cork()
    try {
      for (const statement of this.#statements) send(connection, statement, known)
      connection.sync()
    } finally {
      connection.stream.uncork()
    }
  }

  handleDataRow(message: { fields: Field[] }): void {
    this.#rows.push(message.fields)
  }

  handleCommandComplete(message: { text: string }, connection: Connection): void {
    const count = Number(message.text.slice(message.text.lastIndexOf(" ") + 1))
    this.#outcomes.push({ rows: this.#rows, count })
    this.#rows = []
    const finished = this.#statements[this.#outcomes.length - 1]
    if (finished !== undefined) prepared.get(connection)?.add(finished.name)
    this.running = this.#statements[this.#outcomes.length]?.name ?? "commit"
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#outcomes)
  }

  handleError(error: unknown): void {
    this.#reject(error)
  }

  /* oxlint-disable no-empty-function -- messages that the driver hands on and that say nothing here */
  handleRowDescription(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
  /* oxlint-enable no-empty-function */
}

function send(connection: Connection, statement: Statement, known: Set<string>): void {
  const { name, text, values } = statement
  if (!known.has(name)) {
    // An earlier batch may have failed after the server had prepared it, which we then never heard;
    // closing what does not exist is no error.
    connection.close({ type: "S", name }, false)
    connection.parse({ name, text, types: [] }, false)
  }
  connection.bind({ statement: name, values: values.map(asText) }, false)
  connection.execute(null, false)
}

function asText(value: Parameter): Buffer | string | null {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value
}
