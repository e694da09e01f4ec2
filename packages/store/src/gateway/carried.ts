/**
 * What travels by file: laid out for a courier until it is answered, and the answer until the
 * exchange has it.
 */

import type {
  AnsweredUnit,
  Carried,
  CarriedAnswer,
  CarriedPlace,
  CarriedStore,
  Lane,
} from "@tearline/core"

import { columnOf } from "../column.ts"
import type { Connections } from "../connection.ts"
import { base64, bytesOf, digestOf, numberOf, orgOf, textOf } from "../field.ts"

/** The gateway's tables for the carrier `file`. All calls throw StoreError. */
export interface CarriedTable extends CarriedStore {
  /** What came back and the exchange does not have yet, oldest first. */
  answers(limit: number): Promise<readonly AnsweredUnit[]>
  /** The exchange has these durably. */
  settle(units: readonly Pick<AnsweredUnit, "peer" | "digest">[]): Promise<void>
}

const bytes = (hex: string) => Buffer.from(hex, "hex")

const putSql = (onConflict: string) =>
  "insert into gateway.carried (peer, digest, kind, lane, at_ms, content) " +
  "values ($1::bytea, $2::bytea, $3::text, $4::int2, $5::int8, $6::bytea) " +
  `on conflict (peer, digest, kind) ${onConflict}`

const putUnitSql = putSql("do nothing")
const putAnswerSql = putSql(
  "do update set lane = excluded.lane, at_ms = excluded.at_ms, content = excluded.content",
)

const toTakeSql =
  `select peer, digest, kind, lane, at_ms, ${base64("content")} from gateway.carried ` +
  "where answer is null and (lane, at_ms, digest, peer, kind) > " +
  "($2::int2, $3::int8, $4::bytea, $5::bytea, $6::text) " +
  "and ($7::bytea is null or peer = $7::bytea) " +
  "order by lane, at_ms, digest, peer, kind limit $1::int8"

/** Before everything. */
const start = { lane: 0, atMs: -1, digest: "", peer: "", kind: "" }

export function carriedTable(connections: Pick<Connections<never>, "runOne">): CarriedTable {
  const run = (name: string, text: string, values: readonly (Buffer | string | number | null)[]) =>
    connections.runOne({ name, text, values }, 0)
  return {
    async put({ peer, digest, kind, lane, atMs, content }: Carried): Promise<void> {
      const isUnit = kind === "unit"
      const name = isUnit ? "carried_put_unit" : "carried_put_answer"
      const values = [bytes(peer), bytes(digest), kind, lane, atMs, Buffer.from(content)]
      await run(name, isUnit ? putUnitSql : putAnswerSql, values)
    },
    async toTake({ limit, after, peer }): Promise<Carried[]> {
      const from: Omit<CarriedPlace, "lane" | "digest" | "peer" | "kind"> & typeof start =
        after ?? start
      const place = [from.lane, from.atMs, bytes(from.digest), bytes(from.peer), from.kind]
      const to = peer === null ? null : bytes(peer)
      const { rows } = await run("carried_to_take", toTakeSql, [limit, ...place, to])
      return rows.map(([org, digest, kind, lane, atMs, content]) => ({
        peer: orgOf(org),
        digest: digestOf(digest),
        kind: textOf(kind) as Carried["kind"],
        lane: numberOf(lane) as Lane,
        atMs: numberOf(atMs),
        content: bytesOf(content),
      }))
    },
    async answer(peer, digest, { kind, bytes: answer }): Promise<boolean> {
      const text =
        "update gateway.carried set answer_kind = $3::text, answer = $4::bytea " +
        "where peer = $1::bytea and digest = $2::bytea and kind = 'unit' and answer is null"
      const values = [bytes(peer), bytes(digest), kind, Buffer.from(answer)]
      return (await run("carried_answer", text, values)).count > 0
    },
    async answerTo(peer, digest): Promise<CarriedAnswer | undefined> {
      const text =
        `select answer_kind, ${base64("answer")} from gateway.carried where peer = $1::bytea ` +
        "and digest = $2::bytea and kind = 'unit' and answer is not null"
      const { rows } = await run("carried_answer_to", text, [bytes(peer), bytes(digest)])
      const [row] = rows
      return row && { kind: textOf(row[0]) as CarriedAnswer["kind"], bytes: bytesOf(row[1]) }
    },
    async forgetAnswersBefore(atMs, peer): Promise<void> {
      const text =
        "delete from gateway.carried where kind <> 'unit' and at_ms < $1::int8 " +
        "and ($2::bytea is null or peer = $2::bytea)"
      await run("carried_forget", text, [atMs, peer === undefined ? null : bytes(peer)])
    },
    async answers(limit): Promise<AnsweredUnit[]> {
      const text =
        `select peer, digest, answer_kind, ${base64("answer")} from gateway.carried ` +
        "where answer is not null order by at_ms, digest, peer limit $1::int8"
      const { rows } = await run("carried_answers", text, [limit])
      return rows.map(([peer, digest, kind, answer]) => ({
        peer: orgOf(peer),
        digest: digestOf(digest),
        answer: { kind: textOf(kind) as CarriedAnswer["kind"], bytes: bytesOf(answer) },
      }))
    },
    async settle(units): Promise<void> {
      if (units.length === 0) return
      const text =
        "delete from gateway.carried it using unnest($1::bytea[], $2::bytea[]) known (peer, digest) " +
        "where it.peer = known.peer and it.digest = known.digest and it.kind = 'unit' " +
        "and it.answer is not null"
      const peers = units.map((it) => it.peer)
      const digests = units.map((it) => it.digest)
      await run("carried_settle", text, [columnOf("id", peers), columnOf("id", digests)])
    },
  }
}
