/** Facts that reach the exchange, the orders that leave it, and what it answers. */

import type { Digest, MessageId, OrgId, ThreadId } from "../ids.ts"
import type { LanePlace } from "../link/link.ts"
import type { Custody } from "../messages/statement.ts"
import type { Lane, Precedence } from "../vocabulary/precedence.ts"
import type { Status } from "../vocabulary/status.ts"
import type { OutboxItem } from "./ports.ts"

/** A warning has been released to these addressees. */
export interface Released {
  readonly kind: "released"
  readonly addressees: readonly {
    readonly org: OrgId
    readonly asks?: readonly string[]
    readonly releasableTo?: readonly OrgId[]
  }[]
  readonly precedence: Precedence
  readonly status: Status
  readonly content: Readonly<Record<string, unknown>>
  readonly officer: string
}

/** An officer has acted in a thread. Without `answers` the act answers what it usually does. */
export interface Acted {
  readonly kind: "acted"
  readonly thread: ThreadId
  readonly act: string
  readonly content: Readonly<Record<string, unknown>>
  readonly answers?: readonly MessageId[]
  /** Of what is acted on: the act waits in its lane. IMMEDIATE where the caller does not know. */
  readonly precedence?: Precedence
  readonly officer: string
}

/** An envelope that opened: every signature and binding has been checked. */
export interface OpenedEnvelope {
  readonly digest: Digest
  readonly id: MessageId
  readonly sender: OrgId
  readonly precedence: Precedence
  /** Kind named by the signature's context. */
  readonly kind: string
  readonly statement: unknown
  readonly part: unknown
  readonly place: Pick<LanePlace, "epoch" | "lane" | "number">
  readonly signedBytes: Uint8Array
  readonly partBytes: Uint8Array
  /** What shows that the signature covers the part; exact bytes. */
  readonly openingBytes: Uint8Array
}

interface FromGateway {
  readonly unit: Uint8Array
  readonly custody: Custody
  readonly receipt: Uint8Array
}

export interface Arrived extends FromGateway {
  readonly kind: "arrived"
  readonly opened: OpenedEnvelope
}

/** An envelope whose outer signature held, but which did not open. */
export interface Unopenable extends FromGateway {
  readonly kind: "unopenable"
  readonly digest: Digest
  readonly sender: OrgId
  readonly precedence: Precedence
  readonly code: string
}

/** The peer's gateway holds an envelope of ours. */
export interface CustodyReceived {
  readonly kind: "custody-received"
  readonly item: Pick<OutboxItem, "id" | "lane" | "digest" | "thread" | "peer" | "createdAtMs">
  readonly custody: Custody
  readonly receipt: Uint8Array
}

/** The peer's gateway has signed that it will not take an envelope of ours. */
export interface RefusalReceived {
  readonly kind: "refusal-received"
  readonly item: Pick<OutboxItem, "id" | "lane" | "digest" | "thread" | "peer">
  readonly code: string
  readonly atMs: number
}

/** Time has passed on these links: whoever is due gets a heartbeat. */
export interface Ticked {
  readonly kind: "ticked"
  readonly links: readonly { readonly peer: OrgId; readonly heartbeatMs: number }[]
}

/**
 * This node has been restored from a backup. The epoch is the one that the offline root authorised:
 * newer than any that was used before, also before an earlier restore from the same backup.
 */
export interface Reopened {
  readonly kind: "reopened"
  readonly epoch: number
  /** The restore statement, signed by the offline root: each peer is shown it. */
  readonly statement: Uint8Array
  /** All peers, also those of which the backup knows no link. */
  readonly peers: readonly OrgId[]
}

/** A restored peer is to be given back the next page of what it may have lost. */
export interface ReturnsDue {
  readonly kind: "returns-due"
  readonly peer: OrgId
  /** Of the peer's restore. */
  readonly epoch: number
  readonly lane: Lane
}

export type ExchangeInput =
  | Released
  | Acted
  | Arrived
  | Unopenable
  | CustodyReceived
  | RefusalReceived
  | Ticked
  | Reopened
  | ReturnsDue

/** Hand this unit to our gateway. Idempotent by the item's id. */
export interface SendOutput {
  readonly kind: "send"
  readonly item: OutboxItem
}

/** Tell our gateway that it need not send this arrival again. */
export interface TakenOutput {
  readonly kind: "taken"
  readonly digest: Digest
}

/** A thread has changed: whoever looks at it may look again. */
export interface ShowOutput {
  readonly kind: "show"
  readonly thread: ThreadId
}

/** Give back to a restored peer, page by page. Idempotent: the link knows how far it has got. */
export interface GiveBackOutput {
  readonly kind: "give-back"
  readonly due: ReturnsDue
}

export type ExchangeOutput = SendOutput | TakenOutput | ShowOutput | GiveBackOutput

/** Why an officer's act is not done. Nothing has been written. */
export type ActRefusal =
  | "unknown_thread"
  | "unknown_kind"
  | "not_entitled"
  | "nothing_to_answer"
  | "malformed_content"
  | "no_addressee"
  | "threat_to_life_needs_reason"
  | "restored_without_epoch"

/** An act that is refused at home, with what to do. */
export class ActError extends Error {
  override name = "ActError"
  readonly code: ActRefusal

  constructor(code: ActRefusal, message: string) {
    super(message)
    this.code = code
  }
}

/** An addressee to whom nothing can be said now, and why: the others were warned without it. */
export interface LeftOut {
  readonly org: OrgId
  /** `link_damaged`: what is stored of the link cannot be read. */
  readonly code: "restored_without_epoch" | "link_damaged"
}

export type ExchangeAnswer =
  | {
      readonly kind: "said"
      readonly message: MessageId
      readonly threads: readonly { readonly org: OrgId; readonly thread: ThreadId }[]
      /** Of a release: whom it did not go to. Never all; then nothing is said, and an error thrown. */
      readonly leftOut: readonly LeftOut[]
    }
  | { readonly kind: "taken" }
  | { readonly kind: "again" }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "noted" }
  /** What is to be given back next, if anything is left. */
  | { readonly kind: "given-back"; readonly next: ReturnsDue | null }
