/** What was exchanged with one peer, by its place in the lanes: for giving back what was lost. */

import type { Digest, Exchanged, ExchangedQuery, Lane, OrgId } from "@tearline/core"

import type { Field, Statement } from "../batch.ts"
import {
  base64,
  bytesOf,
  digestOf,
  messageIdOf,
  numberOf,
  orNull,
  textOf,
  threadIdOf,
} from "../field.ts"
import { asWritten, withOpeningAsWritten } from "./message-sum.ts"

/** The receipt of the addressee's gateway: the one that the sender was given, where it is known. */
const custody =
  `(select ${base64("held.receipt")} from exchange.custody held where held.digest = it.digest ` +
  "and held.by = case when it.direction = 'out' then it.peer else $1::bytea end " +
  "order by held.is_returned desc limit 1)"

const fields =
  `it.id, it.digest, it.kind, it.lane, it.epoch, it.slot_number, it.thread, ` +
  `${base64("it.signed")}, ${base64("it.part")}, ${base64("it.opening")}, ${custody}, ` +
  `${base64("it.sum")}, ${base64("it.opening_sum")}`

const rows = `select ${fields} from exchange.message it where it.slot_number is not null`

export function exchangedOf(own: OrgId, query: ExchangedQuery): Statement {
  const { peer, direction, lane, after, limit } = query
  return {
    name: "message_exchanged",
    text:
      `${rows} and it.peer = $2::bytea and it.direction = $3::text and it.lane = $4::int2 ` +
      "and (it.epoch, it.slot_number) > ($5::int8, $6::int8) " +
      "order by it.epoch, it.slot_number limit $7::int8",
    values: [
      Buffer.from(own, "hex"),
      Buffer.from(peer, "hex"),
      direction,
      lane,
      after.epoch,
      after.number,
      limit,
    ],
  }
}

export function sentOf(own: OrgId, digest: Digest, peer: OrgId): Statement {
  return {
    name: "message_sent",
    text: `${rows} and it.digest = $2::bytea and it.peer = $3::bytea and it.direction = 'out'`,
    values: [Buffer.from(own, "hex"), Buffer.from(digest, "hex"), Buffer.from(peer, "hex")],
  }
}

export function exchangedRow(row: readonly Field[]): Exchanged {
  const [id, digest, kind, lane, epoch, number, thread, signed, part, opening, receipt] = row
  const [sum, openingSum] = row.slice(11)
  const exchanged: Exchanged = {
    id: messageIdOf(id),
    digest: digestOf(digest),
    kind: textOf(kind),
    place: { lane: numberOf(lane) as Lane, epoch: numberOf(epoch), number: numberOf(number) },
    thread: orNull(thread, threadIdOf),
    signed: bytesOf(signed),
    part: bytesOf(part),
    opening: bytesOf(opening),
    custody: orNull(receipt, bytesOf),
  }
  return withOpeningAsWritten(asWritten(exchanged, bytesOf(sum)), bytesOf(openingSum))
}
