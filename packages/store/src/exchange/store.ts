/**
 * Everything that an exchange keeps, as one object: reading and the connections here, what is
 * written in `commit.ts`, each table's own statements in the file of its name.
 */

import { randomUUID } from "node:crypto"

import type {
  Digest,
  Exchanged,
  ExchangedQuery,
  ExchangeJournal,
  ExchangeWrite,
  Lane,
  Obligation,
  OrgId,
  OutboxItem,
  StoredLink,
  ThreadId,
} from "@tearline/core"

import { connect, type ConnectOptions, type Connections } from "../connection.ts"
import { digestOf, numberOf, orNull, orgOf, textOf, threadIdOf } from "../field.ts"
import { commitOf, laneOf, type Writer } from "./commit.ts"
import { exchangedOf, exchangedRow, sentOf } from "./exchanged.ts"
import { linkFields, storedLinkOf } from "./link.ts"
import {
  type Crowd,
  crowdOf,
  type CrowdQuery,
  obligationOf,
  obligationsOfThread,
  type OpenObligation,
  openObligationOf,
  type OpenObligationQuery,
  openObligationsOf,
} from "./obligation.ts"
import {
  claimOutbox,
  type ClaimedItem,
  type ClaimOptions,
  findOutboxItem,
  releaseOf,
  renewOf,
  takeBackOf,
} from "./outbox.ts"
import { type ExchangePeer, type ExchangeTables, listPeers, savePeer } from "./peer.ts"
import {
  loadedThreadOf,
  loadThreadOf,
  type LoadedThread,
  summaryOf,
  threadsOf,
  threadsWithPrefix,
  type ThreadSummary,
} from "./thread.ts"

export interface ExchangeStoreOptions extends Partial<ConnectOptions> {
  /** The organisation whose exchange this is. */
  readonly org: OrgId
  /**
   * The process as owner of leases. A name that stays the same over a restart lets `takeBack` free
   * at once what the process before it held; two living processes must not share one.
   */
  readonly owner?: string
}

export interface DeskCounts {
  readonly threads: { readonly open: number; readonly closed: number }
  /** Of those not ended: how many there are, and how many are past their due time. */
  readonly obligations: { readonly open: number; readonly overdue: number }
  /** Items that wait for custody, by peer and lane. */
  readonly outbox: readonly { readonly peer: OrgId; readonly lane: Lane; readonly items: number }[]
  readonly quarantined: number
}

/**
 * Everything that an exchange keeps. All calls throw StoreError.
 *
 * `lane` 0 uses the connection that is kept for FLASH; `commit` sees for itself what is FLASH.
 */
export interface ExchangeStore extends Pick<
  ExchangeJournal,
  "link" | "hasArrived" | "commit" | "exchanged" | "sent"
> {
  readonly owner: string
  /** Throws `corrupt` where a message is other than it was written, as `exchanged` and `sent` do. */
  loadThread(id: ThreadId, lane?: Lane): Promise<LoadedThread | undefined>
  /**
   * The thread that an envelope belongs to, null for one about the link, undefined for none of
   * ours. An envelope of ours to several addressees belongs to one thread with each: name the
   * peer.
   */
  threadOf(digest: Digest, peer: OrgId): Promise<ThreadId | null | undefined>
  links(): Promise<readonly StoredLink[]>
  claimOutbox(options: ClaimOptions): Promise<readonly ClaimedItem[]>
  /** One item of the outbox, whoever holds it. */
  findOutboxItem(id: string): Promise<OutboxItem | undefined>
  /** Back-off: free for anyone after `delayMs`, with one attempt more. Not ours any more: left. */
  release(ids: readonly string[], delayMs: number): Promise<void>
  /** Holds items for another 30 s; returns the ids that were still ours. */
  renewLease(ids: readonly string[]): Promise<readonly string[]>
  /** Once at start: frees what a process of the same owner name held when it died. */
  takeBack(): Promise<void>
  openObligations(query: OpenObligationQuery): Promise<readonly OpenObligation[]>
  /** As `openObligations`, but no peer crowds out another. Slow where very much is owed. */
  openByPeer(query: CrowdQuery): Promise<Crowd>
  obligationsOf(thread: ThreadId): Promise<readonly Obligation[]>
  /** Newest first. */
  threads(options: { readonly limit: number }): Promise<readonly ThreadSummary[]>
  /** The ids that begin so, two at most: one is the thread, none or two is a question back. */
  findThread(prefix: string): Promise<readonly ThreadId[]>
  counts(atMs: number): Promise<DeskCounts>
  savePeer(peer: ExchangePeer): Promise<void>
  peers(): Promise<readonly ExchangePeer[]>
  /** Counts one more death of the opener over this arrival; returns how many there were (I9). */
  strike(digest: Digest, unit: Uint8Array): Promise<number>
  /** Arrivals in whose opening the process died at least `strikes` times, 2 unless told. */
  quarantined(strikes?: number): Promise<readonly { digest: Digest; strikes: number }[]>
  close(): Promise<void>
}

class Store implements ExchangeStore {
  readonly #connections: Connections<ExchangeTables>
  readonly #writer: Writer

  constructor(connections: Connections<ExchangeTables>, writer: Writer) {
    this.#connections = connections
    this.#writer = writer
  }

  get owner(): string {
    return this.#writer.owner
  }

  async commit(writes: readonly ExchangeWrite[]): Promise<void> {
    if (writes.length === 0) return
    await this.#connections.run(commitOf(writes, this.#writer), laneOf(writes))
  }

  async loadThread(id: ThreadId, lane: Lane = 3): Promise<LoadedThread | undefined> {
    return loadedThreadOf(await this.#connections.run(loadThreadOf(id), lane))
  }

  async threadOf(digest: Digest, peer: OrgId): Promise<ThreadId | null | undefined> {
    const { rows } = await this.#connections.runOne({
      name: "thread_of",
      text: "select thread from exchange.message where digest = $1::bytea and peer = $2::bytea",
      values: [Buffer.from(digest, "hex"), Buffer.from(peer, "hex")],
    })
    const row = rows[0]
    return row === undefined ? undefined : orNull(row[0], threadIdOf)
  }

  async link(peer: OrgId): Promise<StoredLink | undefined> {
    const { rows } = await this.#connections.runOne({
      name: "link_load",
      text: `select ${linkFields} from exchange.link where peer = $1::bytea`,
      values: [Buffer.from(peer, "hex")],
    })
    return rows[0] === undefined ? undefined : storedLinkOf(rows[0])
  }

  async links(): Promise<StoredLink[]> {
    const text = `select ${linkFields} from exchange.link order by peer`
    const { rows } = await this.#connections.runOne({ name: "link_list", text, values: [] })
    return rows.map(storedLinkOf)
  }

  async exchanged(query: ExchangedQuery): Promise<Exchanged[]> {
    const statement = exchangedOf(this.#writer.org, query)
    const { rows } = await this.#connections.runOne(statement)
    return rows.map(exchangedRow)
  }

  async sent(digest: Digest, peer: OrgId): Promise<Exchanged | undefined> {
    const { rows } = await this.#connections.runOne(sentOf(this.#writer.org, digest, peer))
    return rows[0] && exchangedRow(rows[0])
  }

  async hasArrived(digest: Digest): Promise<boolean> {
    const { rows } = await this.#connections.runOne({
      name: "arrival_has",
      text: "select 1 from exchange.arrival where digest = $1::bytea",
      values: [Buffer.from(digest, "hex")],
    })
    return rows.length > 0
  }

  async claimOutbox(options: ClaimOptions): Promise<ClaimedItem[]> {
    return await claimOutbox(this.#connections, this.owner, options)
  }

  async findOutboxItem(id: string): Promise<OutboxItem | undefined> {
    return await findOutboxItem(this.#connections, id)
  }

  async release(ids: readonly string[], delayMs: number): Promise<void> {
    if (ids.length > 0) await this.#connections.runOne(releaseOf(this.owner, ids, delayMs))
  }

  async renewLease(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return []
    const { rows } = await this.#connections.runOne(renewOf(this.owner, ids))
    return rows.map(([id]) => textOf(id))
  }

  async takeBack(): Promise<void> {
    await this.#connections.runOne(takeBackOf(this.owner))
  }

  async openObligations(query: OpenObligationQuery): Promise<OpenObligation[]> {
    const [, open] = await this.#connections.run(openObligationsOf(query))
    return (open?.rows ?? []).map(openObligationOf)
  }

  async openByPeer(query: CrowdQuery): Promise<Crowd> {
    const [, lines, total] = await this.#connections.run(crowdOf(query))
    return {
      lines: (lines?.rows ?? []).map(openObligationOf),
      total: numberOf(total?.rows[0]?.[0] ?? "0"),
    }
  }

  async obligationsOf(thread: ThreadId): Promise<Obligation[]> {
    const { rows } = await this.#connections.runOne(obligationsOfThread(thread))
    return rows.map(obligationOf)
  }

  async threads(options: { readonly limit: number }): Promise<ThreadSummary[]> {
    const { rows } = await this.#connections.runOne(threadsOf(options.limit))
    return rows.map(summaryOf)
  }

  async findThread(prefix: string): Promise<ThreadId[]> {
    if (!/^[0-9a-f]{1,32}$/.test(prefix)) return []
    const { rows } = await this.#connections.runOne(threadsWithPrefix(prefix))
    return rows.map(([id]) => threadIdOf(id))
  }

  async counts(atMs: number): Promise<DeskCounts> {
    const [threads, obligations, outbox, strikes] = await this.#connections.run(countsOf(atMs))
    const whole = (of: typeof threads, column: number) => numberOf(of?.rows[0]?.[column] ?? "0")
    return {
      threads: { open: whole(threads, 0), closed: whole(threads, 1) },
      obligations: { open: whole(obligations, 0), overdue: whole(obligations, 1) },
      outbox: (outbox?.rows ?? []).map(([peer, lane, items]) => ({
        peer: orgOf(peer),
        lane: numberOf(lane) as Lane,
        items: numberOf(items),
      })),
      quarantined: whole(strikes, 0),
    }
  }

  async savePeer(peer: ExchangePeer): Promise<void> {
    await savePeer(this.#connections, peer)
  }

  async peers(): Promise<ExchangePeer[]> {
    return await listPeers(this.#connections)
  }

  async strike(digest: Digest, unit: Uint8Array): Promise<number> {
    const { rows } = await this.#connections.runOne({
      name: "strike_add",
      text:
        "insert into exchange.strike (digest, unit, strikes, struck_at) " +
        "values ($1::bytea, $2::bytea, 1, now()) on conflict (digest) do update " +
        "set strikes = exchange.strike.strikes + 1, struck_at = now() returning strikes",
      values: [Buffer.from(digest, "hex"), Buffer.from(unit)],
    })
    return numberOf(rows[0]?.[0])
  }

  async quarantined(strikes = 2): Promise<{ digest: Digest; strikes: number }[]> {
    const { rows } = await this.#connections.runOne({
      name: "strike_list",
      text:
        "select digest, strikes from exchange.strike where strikes >= $1::int4 " +
        "order by struck_at, digest",
      values: [strikes],
    })
    return rows.map(([digest, count]) => ({
      digest: digestOf(digest),
      strikes: numberOf(count),
    }))
  }

  async close(): Promise<void> {
    await this.#connections.close()
  }
}

function countsOf(atMs: number) {
  return [
    {
      name: "count_threads",
      text:
        "select count(*) filter (where not is_closed), count(*) filter (where is_closed) " +
        "from exchange.thread",
      values: [],
    },
    {
      name: "count_obligations",
      text:
        "select count(*), count(*) filter (where due_ms < $1::int8) from exchange.obligation " +
        "where end_kind is null and (has_arisen or start_ms <= $1::int8)",
      values: [atMs],
    },
    {
      name: "count_outbox",
      text: "select peer, lane, count(*) from exchange.outbox group by peer, lane order by peer, lane",
      values: [],
    },
    {
      name: "count_quarantined",
      text: "select count(*) from exchange.strike where strikes >= 2",
      values: [],
    },
  ]
}

/**
 * Opens the exchange's tables as the exchange's role.
 *
 * @throws StoreError `unsafe_settings` where the server may lose what it acknowledges,
 *   `unavailable`, `forbidden`.
 */
export async function openExchangeStore(
  url: string,
  options: ExchangeStoreOptions,
): Promise<ExchangeStore> {
  const { org, owner = randomUUID(), ...rest } = options
  const connections = await connect<ExchangeTables>(url, { name: "exchange", ...rest })
  return new Store(connections, { org, owner })
}
