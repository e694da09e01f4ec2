/**
 * What a node's two databases hold, read past the code that wrote it: the rows are the evidence,
 * and a reading through the store would be the accused's own.
 */

import { Client } from "pg"

import type { Party } from "../node/party.ts"

export interface MessageRow {
  readonly id: string
  readonly peer: string
  /** Empty for what is about the link. */
  readonly thread: string
  readonly digest: string
  readonly direction: "in" | "out"
  /** Author, epoch and number: one message stands under them. */
  readonly place: string
}

export interface OwedRow {
  readonly id: string
  readonly dueMs: number
  readonly isOpen: boolean
}

export interface Books {
  readonly node: Party
  readonly messages: readonly MessageRow[]
  /** View hash by thread. */
  readonly threads: ReadonlyMap<string, string>
  /** What is owed, by thread: what the inbox is made of. */
  readonly owed: ReadonlyMap<string, readonly OwedRow[]>
  /** `digest by` of each custody that the sender was told of. */
  readonly custody: ReadonlySet<string>
  /** Envelopes that the exchange has taken in, and that the gateway signed for. */
  readonly taken: ReadonlySet<string>
  readonly held: ReadonlySet<string>
}

/** Runs one query over a connection of its own; rows as arrays of text. */
export async function rowsOf(url: string, text: string): Promise<string[][]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // A server that goes away ends the query, which says so.
  client.on("error", () => undefined)
  await client.connect()
  try {
    const { rows } = await client.query<string[]>({ text, rowMode: "array" })
    return rows
  } finally {
    await client.end()
  }
}

const messagesSql = `select encode(id, 'hex'), encode(peer, 'hex'),
  coalesce(encode(thread, 'hex'), ''), encode(digest, 'hex'), direction,
  encode(author, 'hex') || '/' || coalesce(encode(thread, 'hex'), encode(peer, 'hex'))
    || '/' || epoch || '/' || number
  from exchange.message`

const owedSql =
  "select encode(thread, 'hex'), id, due_ms, end_kind is null from exchange.obligation"

async function owedIn(exchange: string): Promise<ReadonlyMap<string, readonly OwedRow[]>> {
  const byThread = Map.groupBy(await rowsOf(exchange, owedSql), ([thread = ""]) => thread)
  return new Map([...byThread].map(([thread, rows]) => [thread, rows.map(owedRow)]))
}

function owedRow([, id = "", dueMs, isOpen]: readonly string[]): OwedRow {
  return { id, dueMs: Number(dueMs), isOpen: String(isOpen) === "true" }
}

export async function readBooks(node: Party): Promise<Books> {
  const { exchange, gateway } = await node.databases()
  const messages = await rowsOf(exchange, messagesSql)
  const threads = await rowsOf(
    exchange,
    "select encode(id, 'hex'), encode(view_hash, 'hex') from exchange.thread",
  )
  const custody = await rowsOf(
    exchange,
    "select encode(digest, 'hex') || ' ' || encode(by, 'hex') from exchange.custody",
  )
  const taken = await rowsOf(exchange, "select encode(digest, 'hex') from exchange.arrival")
  const held = await rowsOf(gateway, "select encode(digest, 'hex') from gateway.arrival")
  return {
    node,
    messages: messages.map(
      ([id = "", peer = "", thread = "", digest = "", direction, place = ""]) => ({
        id,
        peer,
        thread,
        digest,
        direction: direction === "in" ? "in" : "out",
        place,
      }),
    ),
    threads: new Map(threads.map(([id = "", hash = ""]) => [id, hash])),
    owed: await owedIn(exchange),
    custody: firstsOf(custody),
    taken: firstsOf(taken),
    held: firstsOf(held),
  }
}

function firstsOf(rows: readonly string[][]): ReadonlySet<string> {
  return new Set(rows.map(([first = ""]) => first))
}
