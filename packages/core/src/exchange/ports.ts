/**
 * What the exchange's machine reads, seals and writes, in its own words.
 *
 * Exact signed bytes, units and receipts are written as they were received or made; everything else
 * in a write is an index over them.
 */

import type { Digest, MessageId, OrgId, ThreadId } from "../ids.ts"
import type { LanePlace, Link } from "../link/link.ts"
import type { Place, ReturnCursor } from "../link/restore.ts"
import type { Custody, Message, Part, Statement } from "../messages/statement.ts"
import type { Obligation } from "../thread/obligation.ts"
import type { Refusal, Thread } from "../thread/thread.ts"
import type { Lane } from "../vocabulary/precedence.ts"

/** One addressee of a statement that is to be sealed. */
export interface Addressee {
  readonly org: OrgId
  readonly part: Part
  readonly place: LanePlace
}

/** What sealing gives for one addressee. */
export interface SealedUnit {
  readonly org: OrgId
  /** The delivery unit, still without the gateway's outer signature. */
  readonly unit: Uint8Array
  readonly slotHash: string
  /** Canonical bytes of the part as sealed in the slot, and what shows it to be signed. */
  readonly part: Uint8Array
  readonly opening: Uint8Array
}

export interface Sealed {
  readonly id: MessageId
  readonly digest: Digest
  /** The signed object, exact bytes. */
  readonly signed: Uint8Array
  readonly units: readonly SealedUnit[]
}

/** Signs one statement and seals it to its addressees. Implemented over `@tearline/crypto`. */
export interface Sealer {
  seal(statement: Statement, addressees: readonly Addressee[]): Promise<Sealed>
}

/** A message as it is stored: exact bytes, and where it stands. */
export interface MessageWrite {
  readonly kind: "message"
  /** Null for a message about the link. */
  readonly thread: ThreadId | null
  readonly peer: OrgId
  readonly direction: "in" | "out"
  readonly message: Message
  /** The signed object and the part, exact bytes. Of our own `returned` no signed object is kept. */
  readonly signed: Uint8Array
  readonly part: Uint8Array
  /** What shows that the signature covers the part; exact bytes. */
  readonly opening: Uint8Array
  /** Of its slot; the epoch is the part's, the lane that of its precedence. */
  readonly slotNumber: number
  /** When this node wrote it. */
  readonly learnedAtMs: number
}

/** An envelope that came in, taken or refused; the unit as it was received. */
export interface ArrivalWrite {
  readonly kind: "arrival"
  readonly digest: Digest
  readonly sender: OrgId
  /** `null` when taken, otherwise the code under which it was refused at home. */
  readonly code: string | null
  readonly unit: Uint8Array
  readonly atMs: number
}

export interface CustodyWrite {
  readonly kind: "custody"
  readonly thread: ThreadId | null
  readonly custody: Custody
  /** The signed receipt, exact bytes. */
  readonly receipt: Uint8Array
}

export interface RefusalWrite {
  readonly kind: "refusal"
  readonly thread: ThreadId | null
  readonly refusal: Refusal
}

/** A thread's head, written with the version that it had when it was read (null: it is new). */
export interface ThreadWrite {
  readonly kind: "thread"
  readonly thread: Pick<Thread, "id" | "originator" | "addressee" | "status">
  readonly peer: OrgId
  readonly expectedVersion: number | null
  readonly version: number
  /** SHA-256 of the canonical view, in hexadecimal: equal on both nodes at equal sets. */
  readonly viewHash: string
  readonly isClosed: boolean
}

/** One obligation that is new or has changed. */
export interface ObligationWrite {
  readonly kind: "obligation"
  readonly thread: ThreadId
  readonly obligation: Obligation
}

export interface LinkWrite {
  readonly kind: "link"
  readonly link: Link
  readonly expectedVersion: number | null
  readonly version: number
}

/** A unit that waits to be handed to our gateway until custody is confirmed. */
export interface OutboxItem {
  /** Digest and addressee, so that the same envelope to the same peer is one item. */
  readonly id: string
  readonly peer: OrgId
  readonly lane: Lane
  readonly digest: Digest
  readonly thread: ThreadId | null
  readonly unit: Uint8Array
  readonly createdAtMs: number
}

export interface EnqueueWrite {
  readonly kind: "enqueue"
  readonly item: OutboxItem
}

export interface DequeueWrite {
  readonly kind: "dequeue"
  readonly id: string
}

/** Who asked for an act here at home; never leaves the node. */
export interface ActRecord {
  readonly kind: "act"
  readonly message: MessageId
  readonly act: string
  readonly officer: string
  readonly atMs: number
}

export type ExchangeWrite =
  | MessageWrite
  | ArrivalWrite
  | CustodyWrite
  | RefusalWrite
  | ThreadWrite
  | ObligationWrite
  | LinkWrite
  | EnqueueWrite
  | DequeueWrite
  | ActRecord

export interface StoredThread {
  readonly thread: Thread
  readonly version: number
}

export interface StoredLink {
  readonly link: Link
  readonly version: number
}

/** Whose places are asked for: those of one direction of one lane, behind one of them. */
export interface ExchangedQuery extends ReturnCursor {
  readonly peer: OrgId
  readonly limit: number
}

/** A message that was exchanged with a peer, as it is stored: exact bytes and its place. */
export interface Exchanged {
  readonly id: MessageId
  readonly digest: Digest
  readonly kind: string
  readonly place: Place
  readonly thread: ThreadId | null
  /** Empty for our own `returned`. */
  readonly signed: Uint8Array
  readonly part: Uint8Array
  readonly opening: Uint8Array
  /** The receipt of the addressee's gateway; null before there is one. */
  readonly custody: Uint8Array | null
}

/** A returned message whose signatures have been held against pinned keys. */
export interface VerifiedReturn {
  readonly kind: "verified"
  readonly id: MessageId
  /** This organisation or the peer. */
  readonly author: OrgId
  /** Kind named by the signature's context. */
  readonly messageKind: string
  readonly statement: unknown
  readonly part: unknown
  /** Null where there is none, or none that a pinned gateway key has signed about this envelope. */
  readonly custody: Custody | null
}

interface Unverified {
  readonly kind: "refused"
  readonly code: string
}

/** Checks what peers say of the past. Implemented over `@tearline/crypto` and the pinned keys. */
export interface PastVerifier {
  /** A restore statement, which only the peer's offline root can sign. */
  restoreOf(peer: OrgId, statement: Uint8Array): { kind: "verified"; epoch: number } | Unverified
  /** A message between this organisation and the peer, of either. */
  returnedOf(
    peer: OrgId,
    returned: Pick<Exchanged, "digest" | "signed" | "part" | "opening" | "custody">,
  ): VerifiedReturn | Unverified
}

/** The exchange's durable memory. Implemented over the exchange's door of `@tearline/store`. */
export interface ExchangeJournal {
  thread(id: ThreadId): Promise<StoredThread | undefined>
  /**
   * The thread with `peer` that an envelope of either side belongs to; null for one about the link.
   * One envelope to several addressees belongs to a thread with each of them.
   */
  threadOf(digest: Digest, peer: OrgId): Promise<ThreadId | null | undefined>
  link(peer: OrgId): Promise<StoredLink | undefined>
  /** In the order of epoch and number, those whose bytes are whole. */
  exchanged(query: ExchangedQuery): Promise<readonly Exchanged[]>
  /** The message of ours that travelled to `peer` in this envelope. */
  sent(digest: Digest, peer: OrgId): Promise<Exchanged | undefined>
  /** Whether this envelope has been taken or refused before. */
  hasArrived(digest: Digest): Promise<boolean>
  /**
   * All or nothing, durable on return.
   *
   * @throws An error with code `conflict` when a thread or link has changed since it was read.
   */
  commit(writes: readonly ExchangeWrite[]): Promise<void>
}
