/**
 * What a node has in hand at a moment, seen from outside: out of its databases and their server's
 * list of sessions, never by asking the process that is about to be killed.
 */

import { Client } from "pg"

import type { TrialNode } from "./trial-node.ts"

/**
 * The last that is true counts, from top to bottom of `phases`: a commit that is being flushed is
 * also a turn that is open.
 */
export const phases = [
  "idle",
  "turn open",
  "unit handed over",
  "receipt on its way",
  "arrival in hand",
  "commit running",
  "commit flushing",
] as const

export type Phase = (typeof phases)[number]

export interface Moment {
  readonly phase: Phase
  /** Sessions of the server that run a statement, of which one may be killed. */
  readonly backends: readonly number[]
}

interface Clients {
  readonly exchange: Client
  readonly gateway: Client
}

const sessionsSql = `select pid, coalesce(wait_event, '') like 'Wal%' from pg_stat_activity
  where state = 'active' and application_name like 'tearline %'
  and query ~* '^\\s*(insert|update|delete)'`

async function connected(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: "torture",
    connectionTimeoutMillis: 2_000,
    statement_timeout: 2_000,
  })
  client.on("error", () => undefined)
  await client.connect()
  return client
}

export class Observer {
  readonly #node: TrialNode
  readonly #peer: TrialNode
  readonly #asking: () => number
  #own: Clients | undefined
  #peers: Clients | undefined

  /** `asking` counts the acts that the node was asked for and has not answered. */
  constructor(node: TrialNode, peer: TrialNode, asking: () => number) {
    this.#node = node
    this.#peer = peer
    this.#asking = asking
  }

  /** Undefined while a database is away. */
  async look(): Promise<Moment | undefined> {
    try {
      this.#own ??= await clientsOf(this.#node)
      this.#peers ??= await clientsOf(this.#peer)
      return await this.#seen(this.#own, this.#peers)
    } catch {
      await this.close()
      return undefined
    }
  }

  async close(): Promise<void> {
    const clients = [this.#own, this.#peers].flatMap((it) => (it ? [it.exchange, it.gateway] : []))
    this.#own = undefined
    this.#peers = undefined
    await Promise.all(clients.map((it) => it.end().catch(() => undefined)))
  }

  async #seen(own: Clients, peers: Clients): Promise<Moment> {
    const [outbox, untaken, ofExchange, ofGateway] = await Promise.all([
      rows(own.exchange, "select digest from exchange.outbox order by created_at_ms desc limit 8"),
      rows(own.gateway, "select 1 from gateway.arrival where not is_taken limit 1"),
      rows(own.exchange, sessionsSql),
      rows(own.gateway, sessionsSql),
    ])
    const digests = outbox.map(([digest]) => digest)
    const signed = await rows(
      peers.gateway,
      "select 1 from gateway.arrival where digest = any($1::bytea[]) limit 1",
      [digests],
    )
    const sessions = [...ofExchange, ...ofGateway]
    const seen: Record<Phase, boolean> = {
      idle: true,
      "turn open": this.#asking() > 0,
      "unit handed over": outbox.length > 0,
      "receipt on its way": signed.length > 0,
      "arrival in hand": untaken.length > 0,
      "commit running": sessions.length > 0,
      "commit flushing": sessions.some(([, isFlushing]) => isFlushing === true),
    }
    return {
      phase: phases.findLast((it) => seen[it]) ?? "idle",
      backends: sessions.map(([pid]) => Number(pid)),
    }
  }
}

async function clientsOf(node: TrialNode): Promise<Clients> {
  const { exchange, gateway } = await node.databases()
  return { exchange: await connected(exchange), gateway: await connected(gateway) }
}

async function rows(client: Client, text: string, values: unknown[] = []): Promise<unknown[][]> {
  const { rows: found } = await client.query<unknown[]>({ text, values, rowMode: "array" })
  return found
}
