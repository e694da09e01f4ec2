/** Obligations as the inbox lists them, and as one thread has them. */

import type {
  Bearer,
  Obligation,
  ObligationEnd,
  ObligationRule,
  OrgId,
  ThreadId,
} from "@tearline/core"

import type { Field, Statement } from "../batch.ts"
import { messageIdOf, numberOf, orNull, orgOf, textOf, threadIdOf } from "../field.ts"

/** One line of the inbox. */
export interface OpenObligation {
  readonly thread: ThreadId
  readonly peer: OrgId
  readonly status: string
  readonly obligation: Obligation
}

export interface OpenObligationQuery {
  /** What our organisation owes, or what the others owe us. */
  readonly isOurs: boolean
  /** What has not arisen by then is left out; milliseconds of the node's clock. */
  readonly atMs: number
  readonly limit: number
  /** The last line of the page before. */
  readonly after?: {
    readonly thread: ThreadId
    readonly obligation: Pick<Obligation, "id" | "dueMs">
  }
}

export interface CrowdQuery {
  readonly isOurs: boolean
  readonly atMs: number
  /** So many of each peer, by due time. */
  readonly perPeer: number
}

/** The beginning of what is owed with each peer, and how much there is in all. */
export interface Crowd {
  readonly lines: readonly OpenObligation[]
  /** Counted up to a hundred thousand. */
  readonly total: number
}

const countMax = 100_000

const fields =
  "it.id, it.rule, it.owed_by, it.bearer, it.about, it.start_ms, it.due_ms, " +
  "it.end_kind, it.end_by, it.end_at_ms"

function endOf(kind: Field, by: Field | undefined, atMs: Field | undefined): ObligationEnd {
  return {
    kind: textOf(kind) as ObligationEnd["kind"],
    by: messageIdOf(by),
    atMs: numberOf(atMs),
  }
}

export function obligationOf(row: readonly Field[]): Obligation {
  const [id, rule, owedBy, bearer, about, startMs, dueMs, endKind, endBy, endAtMs] = row
  return {
    id: textOf(id),
    // Only these words are written; an older one would be shown as it is.
    rule: textOf(rule) as ObligationRule,
    owedBy: orgOf(owedBy),
    bearer: textOf(bearer) as Bearer,
    about: messageIdOf(about),
    startMs: numberOf(startMs),
    dueMs: numberOf(dueMs),
    end: orNull(endKind, (kind) => endOf(kind, endBy, endAtMs)),
  }
}

function ariseBy(atMs: number): Statement {
  return {
    name: "obligation_arise",
    text:
      "update exchange.obligation set has_arisen = true " +
      "where end_kind is null and not has_arisen and start_ms <= $1::int8",
    values: [atMs],
  }
}

/**
 * By due time, a page at a time; as fast at a million threads as at ten. What has arisen since the
 * last look is marked first, so that the second statement finds all of it in its index.
 */
export function openObligationsOf(query: OpenObligationQuery): Statement[] {
  const after = query.after
  const open = {
    name: "obligation_open",
    text:
      `select ${fields}, it.thread, head.peer, head.status ` +
      "from exchange.obligation it join exchange.thread head on head.id = it.thread " +
      "where it.is_ours = $1::bool and it.end_kind is null and it.has_arisen " +
      // Marked already, when an earlier look was told of a later time.
      "and it.start_ms <= $2::int8 " +
      "and (it.due_ms, it.thread, it.id) > ($3::int8, $4::bytea, $5::text) " +
      "order by it.due_ms, it.thread, it.id limit $6::int8",
    values: [
      query.isOurs,
      query.atMs,
      after?.obligation.dueMs ?? -1,
      Buffer.from(after?.thread ?? "", "hex"),
      after?.obligation.id ?? "",
      query.limit,
    ],
  }
  return [ariseBy(query.atMs), open]
}

/** Reads everything that is owed on one side: for an inbox that is longer than its page. */
export function crowdOf({ isOurs, atMs, perPeer }: CrowdQuery): Statement[] {
  const isOpen =
    "it.is_ours = $1::bool and it.end_kind is null and it.has_arisen and it.start_ms <= $2::int8"
  const lines = {
    name: "obligation_crowd",
    text:
      `select ${fields}, it.thread, it.peer, it.status ` +
      "from (select it.*, head.peer, head.status, row_number() over " +
      "(partition by head.peer order by it.due_ms, it.thread, it.id) as place " +
      "from exchange.obligation it join exchange.thread head on head.id = it.thread " +
      `where ${isOpen}) it ` +
      "where it.place <= $3::int8 order by it.due_ms, it.thread, it.id",
    values: [isOurs, atMs, perPeer],
  }
  const total = {
    name: "obligation_total",
    text:
      `select count(*) from (select 1 from exchange.obligation it where ${isOpen} ` +
      "limit $3::int8) it",
    values: [isOurs, atMs, countMax],
  }
  return [ariseBy(atMs), lines, total]
}

export function openObligationOf(row: readonly Field[]): OpenObligation {
  return {
    thread: threadIdOf(row[10]),
    peer: orgOf(row[11]),
    status: textOf(row[12]),
    obligation: obligationOf(row),
  }
}

/** Everything ever owed in one thread. */
export function obligationsOfThread(thread: ThreadId): Statement {
  return {
    name: "obligation_of_thread",
    text: `select ${fields} from exchange.obligation it where it.thread = $1::bytea order by due_ms, id`,
    values: [Buffer.from(thread, "hex")],
  }
}
