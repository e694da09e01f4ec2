/**
 * Everything that a gateway keeps: arrivals with the receipts it gave for them, what it refused,
 * its peers. What travels by file is in `carried.ts`.
 */

import type { Transaction } from "kysely"

import {
  type Carrier,
  type Digest,
  type GatewayJournal,
  type GatewayWrite,
  type HeldArrival,
  type Lane,
  type ListAnswer,
  mayReplace,
  type OfferedList,
  type OrgId,
  type RefusedArrival,
} from "@tearline/core"

import type { Statement } from "../batch.ts"
import { columnOf } from "../column.ts"
import { connect, type ConnectOptions, type Connections } from "../connection.ts"
import { base64, bytesOf, digestOf, numberOf, orgOf } from "../field.ts"
import { insertion } from "../insertion.ts"
import { type CarriedTable, carriedTable } from "./carried.ts"

/** A peer as its gateway needs it, out of the peer's operations statement. */
export interface GatewayPeer {
  readonly org: OrgId
  /** Public keys that make the outer signature, current and next. */
  readonly gatewayKeys: readonly Uint8Array[]
  /** SHA-256 of the TLS keys' SPKI in hexadecimal, current and next. */
  readonly pins: readonly string[]
  /** `https://host:port`. */
  readonly endpoint: string
  readonly isFrozen: boolean
  /** `file`: its units are laid out for a courier, and no line to it is ever tried. */
  readonly carrier: Carrier
}

/** Everything that a gateway keeps. All calls throw StoreError. */
export interface GatewayStore extends GatewayJournal {
  /**
   * What the exchange does not have yet, most urgent first, oldest first within a lane, without the
   * envelopes that are under way already.
   */
  untaken(limit: number, excluding?: readonly Digest[]): Promise<readonly HeldArrival[]>
  /** The exchange has these durably: they are never given by `untaken` again. */
  markTaken(digests: readonly Digest[]): Promise<void>
  /** Replaces the whole list, unless the one that is held is newer or of an unknown series. */
  replacePeers(offered: OfferedList, peers: readonly GatewayPeer[]): Promise<ListAnswer>
  peers(): Promise<readonly GatewayPeer[]>
  /** How many envelopes the exchange has not taken yet, by lane. */
  counts(): Promise<{ readonly untaken: readonly [number, number, number, number] }>
  /** The latest time that this gateway has written, 0 when it has written nothing. */
  latestMs(): Promise<number>
  /** What travels by file. */
  readonly carried: CarriedTable
  close(): Promise<void>
}

interface Tables {
  "gateway.peer": {
    org: Buffer
    endpoint: string
    gateway_keys: Buffer[]
    pins: string[]
    is_frozen: boolean
    carrier: Carrier
  }
  /** One row. */
  "gateway.peer_list": { id: number; series: Buffer | null; number: number }
}

const insertArrivals = insertion<HeldArrival>({
  name: "arrival_insert",
  table: "gateway.arrival",
  columns: {
    digest: ["id", (it) => it.digest],
    sender: ["id", (it) => it.sender],
    lane: ["small", (it) => it.lane],
    at_ms: ["whole", (it) => it.atMs],
    unit: ["bytes", (it) => it.unit],
    custody: ["bytes", (it) => it.custody],
  },
  // An identical retry gets the first receipt again (I3), so that what is held stays as it is.
  onConflict: "on conflict (digest) do nothing",
})

const insertRefused = insertion<RefusedArrival>({
  name: "refused_insert",
  table: "gateway.refused",
  columns: {
    digest: ["id", (it) => it.digest],
    sender: ["id", (it) => it.sender],
    code: ["text", (it) => it.code],
    at_ms: ["whole", (it) => it.atMs],
  },
})

function commitOf(writes: readonly GatewayWrite[]): Statement[] {
  const held = writes.filter((it) => it.kind === "held")
  const refused = writes.filter((it) => it.kind === "refused")
  return [
    ...(held.length > 0 ? [insertArrivals(held)] : []),
    ...(refused.length > 0 ? [insertRefused(refused)] : []),
  ]
}

function laneOf(writes: readonly GatewayWrite[]): Lane {
  return writes.some((it) => it.kind === "held" && it.lane === 0) ? 0 : 3
}

const untakenSql =
  `select digest, sender, lane, ${base64("unit")}, ${base64("custody")}, at_ms from gateway.arrival ` +
  "where not is_taken and not (digest = any($2::bytea[])) order by lane, at_ms, digest limit $1::int8"

class Store implements GatewayStore {
  readonly carried: CarriedTable
  readonly #connections: Connections<Tables>

  constructor(connections: Connections<Tables>) {
    this.#connections = connections
    this.carried = carriedTable(connections)
  }

  async custodyOf(digest: Digest): Promise<Uint8Array | undefined> {
    const { rows } = await this.#connections.runOne({
      name: "custody_of",
      text: `select ${base64("custody")} from gateway.arrival where digest = $1::bytea`,
      values: [Buffer.from(digest, "hex")],
    })
    return rows[0] === undefined ? undefined : bytesOf(rows[0][0])
  }

  async commit(writes: readonly GatewayWrite[]): Promise<void> {
    if (writes.length === 0) return
    await this.#connections.run(commitOf(writes), laneOf(writes))
  }

  async untaken(limit: number, excluding: readonly Digest[] = []): Promise<HeldArrival[]> {
    const values = [limit, columnOf("id", excluding)]
    const statement = { name: "arrival_untaken", text: untakenSql, values }
    // The connection of FLASH, since this is how a FLASH goes on to the exchange.
    const { rows } = await this.#connections.runOne(statement, 0)
    return rows.map(([digest, sender, lane, unit, custody, atMs]) => ({
      digest: digestOf(digest),
      sender: orgOf(sender),
      lane: numberOf(lane) as Lane,
      unit: bytesOf(unit),
      custody: bytesOf(custody),
      atMs: numberOf(atMs),
    }))
  }

  async markTaken(digests: readonly Digest[]): Promise<void> {
    if (digests.length === 0) return
    await this.#connections.runOne({
      name: "arrival_taken",
      text:
        "update gateway.arrival set is_taken = true " +
        "where digest = any($1::bytea[]) and not is_taken",
      values: [columnOf("id", digests)],
    })
  }

  async replacePeers(offered: OfferedList, peers: readonly GatewayPeer[]): Promise<ListAnswer> {
    return await this.#connections.named("peer_replace", async (tables) => {
      return await tables.transaction().execute((it) => replacePeers(it, offered, peers))
    })
  }

  async peers(): Promise<GatewayPeer[]> {
    const rows = await this.#connections.named("peer_list", async (tables) => {
      return await tables.selectFrom("gateway.peer").selectAll().orderBy("org").execute()
    })
    return rows.map((it) => ({
      org: it.org.toString("hex") as OrgId,
      gatewayKeys: it.gateway_keys,
      pins: it.pins,
      endpoint: it.endpoint,
      isFrozen: it.is_frozen,
      carrier: it.carrier,
    }))
  }

  async counts(): Promise<{ untaken: [number, number, number, number] }> {
    const { rows } = await this.#connections.runOne({
      name: "arrival_counts",
      text: "select lane, count(*) from gateway.arrival where not is_taken group by lane",
      values: [],
    })
    const untaken: [number, number, number, number] = [0, 0, 0, 0]
    for (const [lane, count] of rows) untaken[numberOf(lane)] = numberOf(count)
    return { untaken }
  }

  async latestMs(): Promise<number> {
    // Reads both tables through, once at each start: an index would cost every arrival instead.
    const { rows } = await this.#connections.runOne({
      name: "latest_written",
      text:
        "select greatest((select max(at_ms) from gateway.arrival), " +
        "(select max(at_ms) from gateway.refused), " +
        "(select max(at_ms) from gateway.carried), 0)",
      values: [],
    })
    return numberOf(rows[0]?.[0])
  }

  async close(): Promise<void> {
    await this.#connections.close()
  }
}

/** The one row of the place is locked first, so that lists go one after another. */
async function replacePeers(
  transaction: Transaction<Tables>,
  offered: OfferedList,
  peers: readonly GatewayPeer[],
): Promise<ListAnswer> {
  const place = transaction.selectFrom("gateway.peer_list").select(["series", "number"])
  const row = await place.where("id", "=", 1).forUpdate().executeTakeFirstOrThrow()
  const by = row.series?.toString("hex")
  if (by !== undefined && !mayReplace({ series: by, number: row.number }, offered)) {
    return { kind: "superseded", by }
  }
  const { series, number } = offered
  await transaction
    .updateTable("gateway.peer_list")
    .set({ series: Buffer.from(series, "hex"), number })
    .where("id", "=", 1)
    .execute()
  await transaction.deleteFrom("gateway.peer").execute()
  const rows = peers.map(rowOf)
  if (rows.length > 0) await transaction.insertInto("gateway.peer").values(rows).execute()
  return { kind: "taken" }
}

function rowOf(peer: GatewayPeer): Tables["gateway.peer"] {
  return {
    org: Buffer.from(peer.org, "hex"),
    endpoint: peer.endpoint,
    gateway_keys: peer.gatewayKeys.map((key) => Buffer.from(key)),
    pins: [...peer.pins],
    is_frozen: peer.isFrozen,
    carrier: peer.carrier,
  }
}

/**
 * Opens the gateway's tables as the gateway's role.
 *
 * @throws StoreError `unsafe_settings` where the server may lose what it acknowledges,
 *   `unavailable`, `forbidden`.
 */
export async function openGatewayStore(
  url: string,
  options: Partial<ConnectOptions> = {},
): Promise<GatewayStore> {
  return new Store(await connect<Tables>(url, { name: "gateway", ...options }))
}
