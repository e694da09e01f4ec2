/** The peers of the organisation, with how a person made sure of each. */

import type { OrgId } from "@tearline/core"

import type { Connections } from "../connection.ts"

export interface ExchangePeer {
  readonly org: OrgId
  readonly name: string
  /** Identity and operations statement, signed, exact bytes. */
  readonly identity: Uint8Array
  readonly operations: Uint8Array
  /** Which officer compared the fingerprints, how, and when (milliseconds). */
  readonly compared: { readonly officer: string; readonly method: string; readonly atMs: number }
  readonly isFrozen: boolean
  readonly isSuspended: boolean
}

interface PeerRow {
  org: Buffer
  name: string
  identity: Buffer
  operations: Buffer
  compared_officer: string
  compared_method: string
  compared_at_ms: number
  is_frozen: boolean
  is_suspended: boolean
}

export interface ExchangeTables {
  "exchange.peer": PeerRow
}

function rowOf(peer: ExchangePeer): PeerRow {
  return {
    org: Buffer.from(peer.org, "hex"),
    name: peer.name,
    identity: Buffer.from(peer.identity),
    operations: Buffer.from(peer.operations),
    compared_officer: peer.compared.officer,
    compared_method: peer.compared.method,
    compared_at_ms: peer.compared.atMs,
    is_frozen: peer.isFrozen,
    is_suspended: peer.isSuspended,
  }
}

function peerOf(row: PeerRow): ExchangePeer {
  return {
    org: row.org.toString("hex") as OrgId,
    name: row.name,
    identity: row.identity,
    operations: row.operations,
    compared: {
      officer: row.compared_officer,
      method: row.compared_method,
      atMs: row.compared_at_ms,
    },
    isFrozen: row.is_frozen,
    isSuspended: row.is_suspended,
  }
}

export async function savePeer(
  connections: Connections<ExchangeTables>,
  peer: ExchangePeer,
): Promise<void> {
  const { org, ...rest } = rowOf(peer)
  await connections.named("peer_save", async (tables) => {
    await tables
      .insertInto("exchange.peer")
      .values({ org, ...rest })
      .onConflict((conflict) => conflict.column("org").doUpdateSet(rest))
      .execute()
  })
}

export async function listPeers(connections: Connections<ExchangeTables>): Promise<ExchangePeer[]> {
  const rows = await connections.named("peer_list", async (tables) => {
    return await tables.selectFrom("exchange.peer").selectAll().orderBy("name").execute()
  })
  return rows.map(peerOf)
}
