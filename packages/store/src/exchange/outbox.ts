/**
 * The queue of what is to be handed to our gateway: by lane, with leases and back-off.
 *
 * An item is one process's for as long as its lease runs, and is free again by itself when that
 * process dies. A warning never expires in carriage: nothing leaves but by `dequeue`, when custody
 * is confirmed.
 *
 * Leases and back-off use the database's clock and not the node's: they are about processes that
 * are alive now, several of them on several machines, while the times of messages come from the
 * node's clock, which a replayed episode may set to another year.
 */

import type { Lane, OrgId, OutboxItem } from "@tearline/core"

import type { Field, Statement } from "../batch.ts"
import { columnOf } from "../column.ts"
import type { Connections } from "../connection.ts"
import { base64, bytesOf, digestOf, numberOf, orNull, orgOf, textOf, threadIdOf } from "../field.ts"

/** SQL: when a lease that is taken now runs out. */
export const leased = "now() + interval '30 seconds'"

export interface ClaimedItem extends OutboxItem {
  /** How often it was given back before. */
  readonly attempts: number
}

export interface ClaimOptions {
  readonly limit: number
  /** All four unless told. */
  readonly lanes?: readonly Lane[]
  /** Peers for which FLASH alone is wanted. */
  readonly full?: readonly OrgId[]
}

const fields = `id, peer, lane, digest, thread, ${base64("unit")}, created_at_ms, attempts`

// Lane by lane and oldest first, each by its own part of the index, so that a FLASH is found at once
// behind any number of others. One data change in one statement (the portable profile).
const claimSql =
  "update exchange.outbox it set owner = $1::text, " +
  `free_at = ${leased} where it.id = any(array(` +
  "select free.id from unnest($2::int2[]) with ordinality wanted (lane, place) " +
  "cross join lateral (select id from exchange.outbox " +
  "where lane = wanted.lane and free_at <= now() " +
  "and (lane = 0 or not (peer = any($4::bytea[]))) order by free_at, id " +
  "limit $3::int8 for update skip locked) free " +
  "order by wanted.place limit $3::int8)) " +
  `returning ${fields}`

/** Takes free items for this owner, the most urgent first. */
export async function claimOutbox(
  connections: Pick<Connections<never>, "runOne">,
  owner: string,
  options: ClaimOptions,
): Promise<ClaimedItem[]> {
  const lanes = (options.lanes ?? [0, 1, 2, 3]).toSorted((a, b) => a - b)
  const full = columnOf("id", options.full ?? [])
  const values = [owner, columnOf("small", lanes), options.limit, full]
  const { rows } = await connections.runOne({ name: "outbox_claim", text: claimSql, values })
  const items = rows.map(itemOf)
  return items.toSorted((a, b) => a.lane - b.lane || a.createdAtMs - b.createdAtMs)
}

function itemOf(row: readonly Field[]): ClaimedItem {
  const [id, peer, lane, digest, thread, unit, createdAtMs, attempts] = row
  return {
    id: textOf(id),
    peer: orgOf(peer),
    lane: numberOf(lane) as Lane,
    digest: digestOf(digest),
    thread: orNull(thread, threadIdOf),
    unit: bytesOf(unit),
    createdAtMs: numberOf(createdAtMs),
    attempts: numberOf(attempts),
  }
}

/** The item with this id, whoever holds it. */
export async function findOutboxItem(
  connections: Pick<Connections<never>, "runOne">,
  id: string,
): Promise<OutboxItem | undefined> {
  const text = `select ${fields} from exchange.outbox where id = $1::text`
  const { rows } = await connections.runOne({ name: "outbox_find", text, values: [id] })
  return rows.map(itemOf)[0]
}

/** Gives items back, free again after `delayMs`; only those that this owner still holds. */
export function releaseOf(owner: string, ids: readonly string[], delayMs: number): Statement {
  return {
    name: "outbox_release",
    text:
      "update exchange.outbox set owner = null, attempts = attempts + 1, " +
      "free_at = now() + $3::int8 * interval '1 millisecond' " +
      "where id = any($2::text[]) and owner = $1::text",
    values: [owner, columnOf("text", ids), Math.round(delayMs)],
  }
}

/** Holds items for another lease; the rows tell which of them this owner had not lost. */
export function renewOf(owner: string, ids: readonly string[]): Statement {
  return {
    name: "outbox_renew",
    text:
      `update exchange.outbox set free_at = ${leased} ` +
      "where id = any($2::text[]) and owner = $1::text returning id",
    values: [owner, columnOf("text", ids)],
  }
}

/** Frees at once what an earlier process under this name held when it died. */
export function takeBackOf(owner: string): Statement {
  return {
    name: "outbox_take_back",
    text: "update exchange.outbox set owner = null, free_at = now() where owner = $1::text",
    values: [owner],
  }
}
