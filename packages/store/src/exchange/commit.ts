/**
 * One turn of the exchange, written in one round trip: a statement for each kind of write.
 *
 * Threads and links carry a version. Another process may have written one since it was read; then
 * nothing of the turn may be written, and the server has to be the one who decides that. So the
 * update sets the version to null where it is not the expected one, which `not null` refuses, and a
 * new head that is already there breaks the primary key. Both end the transaction; both are
 * `conflict`.
 */

import {
  precedences,
  type ActRecord,
  type ArrivalWrite,
  type CustodyWrite,
  type DequeueWrite,
  type ExchangeWrite,
  type Lane,
  type LinkWrite,
  type MessageWrite,
  type ObligationWrite,
  type OrgId,
  type OutboxItem,
  type RefusalWrite,
  type ThreadWrite,
} from "@tearline/core"

import type { Statement } from "../batch.ts"
import { columnOf } from "../column.ts"
import { StoreError } from "../error.ts"
import { columnsOf, insertion, type Source, unnested } from "../insertion.ts"
import { linkSumOf } from "./link.ts"
import { openingSumOf, sumOf } from "./message-sum.ts"
import { leased } from "./outbox.ts"

/** What the door knows about itself. */
export interface Writer {
  /** The organisation whose exchange this is. */
  readonly org: OrgId
  /** The process, as owner of the leases of what it enqueues. */
  readonly owner: string
}

const threadColumns = {
  id: ["id", (it) => it.thread.id],
  peer: ["id", (it) => it.peer],
  originator: ["id", (it) => it.thread.originator],
  addressee: ["id", (it) => it.thread.addressee],
  status: ["text", (it) => it.thread.status],
  version: ["whole", (it) => it.version],
  view_hash: ["id", (it) => it.viewHash],
  is_closed: ["bool", (it) => it.isClosed],
} satisfies Record<string, Source<ThreadWrite>>

const insertThreads = insertion<ThreadWrite>({
  name: "thread_insert",
  table: "exchange.thread",
  columns: threadColumns,
})

const threadUpdate: readonly Source<ThreadWrite>[] = [
  threadColumns.id,
  ["whole", (it) => it.expectedVersion],
  threadColumns.version,
  threadColumns.view_hash,
  threadColumns.is_closed,
]

const threadUpdateSql =
  "update exchange.thread it set " +
  "version = case when it.version = new.expected then new.version end, " +
  "view_hash = new.view_hash, is_closed = new.is_closed " +
  `from ${unnested(threadUpdate)} new (id, expected, version, view_hash, is_closed) ` +
  "where it.id = new.id"

/** A link written out once, for its column and for its sum. */
interface StatedLink extends LinkWrite {
  readonly state: string
}

function stated(write: LinkWrite): StatedLink {
  return { ...write, state: JSON.stringify(write.link) }
}

const linkColumns = {
  peer: ["id", (it) => it.link.peer],
  version: ["whole", (it) => it.version],
  state: ["text", (it) => it.state],
  sum: ["bytes", (it) => linkSumOf(it.version, it.state)],
} satisfies Record<string, Source<StatedLink>>

const insertLinks = insertion<StatedLink>({
  name: "link_insert",
  table: "exchange.link",
  columns: linkColumns,
})

const linkUpdate: readonly Source<StatedLink>[] = [
  ...Object.values(linkColumns),
  ["whole", (it) => it.expectedVersion],
]

const linkUpdateSql =
  "update exchange.link it set " +
  "version = case when it.version = new.expected then new.version end, state = new.state, " +
  "sum = new.sum " +
  `from ${unnested(linkUpdate)} new (peer, version, state, sum, expected) where it.peer = new.peer`

function updateThreads(rows: readonly ThreadWrite[]): Statement {
  const values = columnsOf(threadUpdate, rows)
  return { name: "thread_update", text: threadUpdateSql, values }
}

function updateLinks(rows: readonly StatedLink[]): Statement {
  return { name: "link_update", text: linkUpdateSql, values: columnsOf(linkUpdate, rows) }
}

const insertMessages = insertion<MessageWrite>({
  name: "message_insert",
  table: "exchange.message",
  columns: {
    peer: ["id", (it) => it.peer],
    id: ["id", (it) => it.message.id],
    thread: ["id", (it) => it.thread],
    digest: ["id", (it) => it.message.digest],
    direction: ["text", (it) => it.direction],
    kind: ["text", (it) => it.message.statement.kind],
    author: ["id", (it) => it.message.statement.author],
    epoch: ["whole", (it) => it.message.part.epoch],
    number: ["whole", (it) => it.message.part.number],
    at_ms: ["whole", (it) => it.message.statement.atMs],
    learned_at_ms: ["whole", (it) => it.learnedAtMs],
    signed: ["bytes", (it) => it.signed],
    part: ["bytes", (it) => it.part],
    opening: ["bytes", (it) => it.opening],
    lane: ["small", (it) => precedences.entries[it.message.statement.precedence].lane],
    slot_number: ["whole", (it) => it.slotNumber],
    sum: ["bytes", (it) => sumOf(it)],
    opening_sum: ["bytes", (it) => openingSumOf(it)],
  },
  onConflict: "on conflict (peer, id) do nothing",
})

const insertArrivals = insertion<ArrivalWrite>({
  name: "arrival_insert",
  table: "exchange.arrival",
  columns: {
    digest: ["id", (it) => it.digest],
    sender: ["id", (it) => it.sender],
    code: ["text", (it) => it.code],
    at_ms: ["whole", (it) => it.atMs],
    unit: ["bytes", (it) => it.unit],
  },
  onConflict: "on conflict (digest) do nothing",
})

const insertCustody = insertion<CustodyWrite>({
  name: "custody_insert",
  table: "exchange.custody",
  columns: {
    digest: ["id", (it) => it.custody.digest],
    by: ["id", (it) => it.custody.by],
    thread: ["id", (it) => it.thread],
    at_ms: ["whole", (it) => it.custody.atMs],
    receipt: ["bytes", (it) => it.receipt],
    is_returned: ["bool", (it) => it.custody.isReturned === true],
  },
  onConflict: "on conflict (digest, by, is_returned) do nothing",
})

const insertRefusals = insertion<RefusalWrite>({
  name: "refusal_insert",
  table: "exchange.refusal",
  columns: {
    digest: ["id", (it) => it.refusal.digest],
    by: ["id", (it) => it.refusal.by],
    thread: ["id", (it) => it.thread],
    code: ["text", (it) => it.refusal.code],
    at_ms: ["whole", (it) => it.refusal.atMs],
  },
  onConflict: "on conflict (digest, by) do nothing",
})

interface OwnedObligation extends ObligationWrite {
  readonly isOurs: boolean
  readonly hasArisen: boolean
}

const upsertObligations = insertion<OwnedObligation>({
  name: "obligation_upsert",
  table: "exchange.obligation",
  columns: {
    thread: ["id", (it) => it.thread],
    id: ["text", (it) => it.obligation.id],
    rule: ["text", (it) => it.obligation.rule],
    owed_by: ["id", (it) => it.obligation.owedBy],
    is_ours: ["bool", (it) => it.isOurs],
    bearer: ["text", (it) => it.obligation.bearer],
    about: ["id", (it) => it.obligation.about],
    start_ms: ["whole", (it) => it.obligation.startMs],
    due_ms: ["whole", (it) => it.obligation.dueMs],
    end_kind: ["text", (it) => it.obligation.end?.kind ?? null],
    end_by: ["id", (it) => it.obligation.end?.by ?? null],
    end_at_ms: ["whole", (it) => it.obligation.end?.atMs ?? null],
    has_arisen: ["bool", (it) => it.hasArisen],
  },
  onConflict:
    "on conflict (thread, id) do update set rule = excluded.rule, owed_by = excluded.owed_by, " +
    "is_ours = excluded.is_ours, bearer = excluded.bearer, about = excluded.about, " +
    "start_ms = excluded.start_ms, due_ms = excluded.due_ms, end_kind = excluded.end_kind, " +
    "end_by = excluded.end_by, end_at_ms = excluded.end_at_ms, " +
    "has_arisen = excluded.has_arisen or " +
    "(exchange.obligation.has_arisen and excluded.start_ms <= exchange.obligation.start_ms)",
})

interface OwnedItem extends OutboxItem {
  readonly owner: string
}

const enqueue = insertion<OwnedItem>({
  name: "outbox_insert",
  table: "exchange.outbox",
  columns: {
    id: ["text", (it) => it.id],
    peer: ["id", (it) => it.peer],
    lane: ["small", (it) => it.lane],
    digest: ["id", (it) => it.digest],
    thread: ["id", (it) => it.thread],
    unit: ["bytes", (it) => it.unit],
    created_at_ms: ["whole", (it) => it.createdAtMs],
    owner: ["text", (it) => it.owner],
  },
  // Leased from the start, so that who enqueues it sends it without a claim.
  computed: { free_at: leased },
  onConflict: "on conflict (id) do nothing",
})

function dequeue(writes: readonly DequeueWrite[]): Statement {
  return {
    name: "outbox_delete",
    text: "delete from exchange.outbox where id = any($1::text[])",
    values: [
      columnOf(
        "text",
        writes.map((it) => it.id),
      ),
    ],
  }
}

const insertActs = insertion<ActRecord>({
  name: "act_insert",
  table: "exchange.act",
  columns: {
    message: ["id", (it) => it.message],
    act: ["text", (it) => it.act],
    officer: ["text", (it) => it.officer],
    at_ms: ["whole", (it) => it.atMs],
  },
  onConflict: "on conflict (message, act) do nothing",
})

interface Versioned {
  readonly expectedVersion: number | null
  readonly version: number
}

/** A turn may write a head several times; only the first expectation and the last state count. */
function folded<Write extends Versioned>(
  writes: readonly Write[],
  keyOf: (write: Write) => string,
): Write[] {
  const heads = new Map<string, Write>()
  for (const write of writes) {
    const before = heads.get(keyOf(write))
    if (before !== undefined && before.version !== write.expectedVersion) {
      throw new StoreError("conflict", `versions of ${keyOf(write)} do not follow one another`)
    }
    const { expectedVersion } = before ?? write
    heads.set(keyOf(write), { ...write, expectedVersion })
  }
  // In one order everywhere, so that two turns never wait for each other's rows.
  return [...heads].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, write]) => write)
}

const isNew = (it: Versioned): boolean => it.expectedVersion === null
const isKnown = (it: Versioned): boolean => it.expectedVersion !== null

function headStatements(writes: Kinds): Statement[] {
  const threads = folded(writes.thread, (it) => it.thread.id)
  const links = folded(writes.link, (it) => it.link.peer).map(stated)
  return [
    ...some(threads.filter(isNew), insertThreads),
    ...some(threads.filter(isKnown), updateThreads),
    ...some(links.filter(isNew), insertLinks),
    ...some(links.filter(isKnown), updateLinks),
  ]
}

function some<Row>(rows: Row[], statementOf: (rows: Row[]) => Statement): Statement[] {
  return rows.length > 0 ? [statementOf(rows)] : []
}

/** The node's time, as far as the turn tells: never later than it is, 0 where it does not tell. */
function timeOf(kinds: Kinds): number {
  const times = [
    ...kinds.message.map((it) => it.learnedAtMs),
    ...kinds.arrival.map((it) => it.atMs),
  ]
  return times.reduce((latest, it) => Math.max(latest, it), 0)
}

function latestObligations(kinds: Kinds, org: OrgId): OwnedObligation[] {
  const nowMs = timeOf(kinds)
  const latest = new Map(
    kinds.obligation.map((it) => [`${it.thread} ${it.obligation.id}`, it] as const),
  )
  return [...latest]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, it]) => ({
      ...it,
      isOurs: it.obligation.owedBy === org,
      hasArisen: it.obligation.startMs <= nowMs,
    }))
}

type Kinds = { [Kind in ExchangeWrite["kind"]]: Extract<ExchangeWrite, { kind: Kind }>[] }

function byKind(writes: readonly ExchangeWrite[]): Kinds {
  const kinds: Kinds = {
    message: [],
    arrival: [],
    custody: [],
    refusal: [],
    thread: [],
    obligation: [],
    link: [],
    enqueue: [],
    dequeue: [],
    act: [],
  }
  // The kind picks the list that holds it, which the compiler does not see through an index.
  for (const write of writes) (kinds[write.kind] as ExchangeWrite[]).push(write)
  return kinds
}

/** The statements of one turn. Heads come first, so that a conflict costs nothing else. */
export function commitOf(writes: readonly ExchangeWrite[], writer: Writer): Statement[] {
  const kinds = byKind(writes)
  const items = kinds.enqueue.map(({ item }) => ({ ...item, owner: writer.owner }))
  return [
    ...headStatements(kinds),
    ...some(kinds.message, insertMessages),
    ...some(kinds.arrival, insertArrivals),
    ...some(kinds.custody, insertCustody),
    ...some(kinds.refusal, insertRefusals),
    ...some(latestObligations(kinds, writer.org), upsertObligations),
    ...some(items, enqueue),
    ...some(kinds.dequeue, dequeue),
    ...some(kinds.act, insertActs),
  ]
}

/** The lane that a turn belongs to, as far as its connection is concerned. */
export function laneOf(writes: readonly ExchangeWrite[]): Lane {
  const isFlash = writes.some(
    (it) =>
      (it.kind === "enqueue" && it.item.lane === 0) ||
      (it.kind === "message" && it.message.statement.precedence === "FLASH"),
  )
  return isFlash ? 0 : 3
}
