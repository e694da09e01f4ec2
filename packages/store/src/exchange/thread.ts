/** Threads as they are stored: heads, and exact bytes for the exchange to read. */

import type { Custody, Digest, MessageId, OrgId, Refusal, Thread, ThreadId } from "@tearline/core"

import type { Field, Outcome, Statement } from "../batch.ts"
import {
  base64,
  booleanOf,
  bytesOf,
  digestOf,
  hexOf,
  messageIdOf,
  numberOf,
  orgOf,
  textOf,
  threadIdOf,
} from "../field.ts"
import { asWritten } from "./message-sum.ts"

export interface LoadedMessage {
  readonly id: MessageId
  readonly digest: Digest
  readonly direction: "in" | "out"
  readonly learnedAtMs: number
  /** The signed object and the part, exact bytes. */
  readonly signed: Uint8Array
  readonly part: Uint8Array
}

export interface ThreadSummary {
  readonly id: ThreadId
  readonly peer: OrgId
  readonly originator: OrgId
  readonly addressee: OrgId
  readonly status: Thread["status"]
  readonly version: number
  readonly viewHash: string
  readonly isClosed: boolean
}

export interface LoadedThread {
  readonly head: ThreadSummary
  readonly version: number
  readonly messages: readonly LoadedMessage[]
  readonly custody: readonly Custody[]
  readonly refusals: readonly Refusal[]
}

const headFields = "id, peer, originator, addressee, status, version, view_hash, is_closed"

export function summaryOf(row: readonly Field[]): ThreadSummary {
  const [id, peer, originator, addressee, status, version, viewHash, isClosed] = row
  return {
    id: threadIdOf(id),
    peer: orgOf(peer),
    originator: orgOf(originator),
    addressee: orgOf(addressee),
    status: textOf(status) as Thread["status"],
    version: numberOf(version),
    viewHash: hexOf(viewHash),
    isClosed: booleanOf(isClosed),
  }
}

/**
 * The head is read first: what is written in between is then newer than the version, so that a turn
 * which builds on it is refused, and never one that builds on less than its version says.
 */
export function loadThreadOf(id: ThreadId): Statement[] {
  const values = [Buffer.from(id, "hex")]
  return [
    {
      name: "thread_head",
      text: `select ${headFields} from exchange.thread where id = $1::bytea`,
      values,
    },
    {
      name: "thread_messages",
      text:
        `select id, digest, direction, learned_at_ms, ${base64("signed")}, ${base64("part")}, ` +
        `${base64("sum")} from exchange.message ` +
        "where thread = $1::bytea order by learned_at_ms, author, epoch, number, id",
      values,
    },
    {
      name: "thread_custody",
      text:
        // Of several for one envelope that which the sender was given, where it is known.
        "select distinct on (digest) digest, by, at_ms, is_returned from exchange.custody " +
        "where thread = $1::bytea order by digest, is_returned desc, at_ms",
      values,
    },
    {
      name: "thread_refusals",
      text: "select digest, by, code, at_ms from exchange.refusal where thread = $1::bytea order by at_ms",
      values,
    },
  ]
}

function messageOf(row: readonly Field[]): LoadedMessage {
  const [id, digest, direction, learnedAtMs, signed, part, sum] = row
  const loaded: LoadedMessage = {
    id: messageIdOf(id),
    digest: digestOf(digest),
    direction: textOf(direction) as "in" | "out",
    learnedAtMs: numberOf(learnedAtMs),
    signed: bytesOf(signed),
    part: bytesOf(part),
  }
  return asWritten(loaded, bytesOf(sum))
}

function custodyOf([digest, by, atMs, isReturned]: readonly Field[]): Custody {
  const custody = { digest: digestOf(digest), by: orgOf(by), atMs: numberOf(atMs) }
  return booleanOf(isReturned) ? { ...custody, isReturned: true } : custody
}

export function loadedThreadOf(outcomes: readonly Outcome[]): LoadedThread | undefined {
  const [heads, messages, custody, refusals] = outcomes
  const row = heads?.rows[0]
  if (row === undefined) return undefined
  const head = summaryOf(row)
  return {
    head,
    version: head.version,
    messages: (messages?.rows ?? []).map(messageOf),
    custody: (custody?.rows ?? []).map(custodyOf),
    refusals: (refusals?.rows ?? []).map(([digest, by, code, atMs]) => ({
      digest: digestOf(digest),
      by: orgOf(by),
      code: textOf(code),
      atMs: numberOf(atMs),
    })),
  }
}

/** Newest first. */
export function threadsOf(limit: number): Statement {
  return {
    name: "thread_list",
    text: `select ${headFields} from exchange.thread order by opened_at desc, id desc limit $1::int8`,
    values: [limit],
  }
}

/** Threads whose id begins so; two are enough to know that a prefix is not unique. */
export function threadsWithPrefix(prefix: string): Statement {
  const bound = (digit: string) => Buffer.from(prefix.padEnd(32, digit), "hex")
  return {
    name: "thread_prefix",
    text:
      "select id from exchange.thread where id between $1::bytea and $2::bytea " +
      "order by id limit 2",
    values: [bound("0"), bound("f")],
  }
}
