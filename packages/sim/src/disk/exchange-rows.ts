/** Rows of an exchange's database. A row never changes: what changes is another row. */

import type {
  Custody,
  Digest,
  Exchanged,
  MessageId,
  Obligation,
  OrgId,
  OutboxItem,
  Refusal,
  ThreadWrite,
} from "@tearline/core"

export interface MessageRow {
  readonly id: MessageId
  readonly digest: Digest
  readonly direction: "in" | "out"
  readonly signed: Uint8Array
  readonly part: Uint8Array
}

export interface ThreadRow {
  readonly head: ThreadWrite
  readonly createdMs: number
  readonly messages: readonly MessageRow[]
  readonly custody: readonly Custody[]
  readonly refusals: readonly Refusal[]
  readonly obligations: ReadonlyMap<string, Obligation>
}

/** Where a message stands in its lane; those of a thread are kept there, once. */
export interface SlotRow extends Omit<Exchanged, "signed" | "custody"> {
  readonly direction: "in" | "out"
  /** Null for one that is in its thread. */
  readonly signed: Uint8Array | null
  readonly atMs: number
}

export interface ReceiptRow {
  readonly receipt: Uint8Array
  readonly isReturned: boolean
  readonly atMs: number
}

export interface OutboxRow {
  readonly item: OutboxItem
  readonly owner: string | null
  readonly freeAtMs: number
}

export interface ArrivalRow {
  readonly sender: OrgId
  readonly code: string | null
  readonly atMs: number
}
