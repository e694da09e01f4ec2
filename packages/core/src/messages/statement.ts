/**
 * The frame that every signed message shares, and its reading out of untrusted bytes.
 *
 * Two layers: the _statement_ is signed once and is the same for every addressee of an envelope;
 * the _part_ travels sealed in one addressee's slot and places the statement in that side's thread.
 * The signature covers the part too, through the audience root (spec/envelope.md).
 */

import * as v from "valibot"

import { withinMsSchema } from "../carriage/agreed.ts"
import {
  instantSchema,
  messageIdSchema,
  orgIdSchema,
  policyHashSchema,
  threadIdSchema,
  type Digest,
  type MessageId,
  type OrgId,
  type ThreadId,
} from "../ids.ts"
import { anyCodeSchema } from "../vocabulary/code-list.ts"
import { precedences } from "../vocabulary/precedence.ts"
import { statuses } from "../vocabulary/status.ts"
import { heldSchema } from "./heartbeat.ts"
import { kindRule } from "./kinds.ts"
import { namedMapSchema } from "./named-map.ts"

/** The protocol version that this code writes. */
export const protocolVersion = 1

const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

/** Spec/messages.md 1: the signed statement. Unknown optional fields are kept and shown. */
export const statementSchema = v.looseObject({
  version: positive,
  kind: anyCodeSchema,
  author: orgIdSchema,
  /** When the author says it was made. */
  atMs: instantSchema,
  status: v.picklist(statuses.codes),
  precedence: v.picklist(precedences.codes),
  evidence: v.picklist(["signed", "none"]),
  policy: policyHashSchema,
  /** The messages that this one answers; the first is the one that it discharges. */
  answers: v.pipe(v.array(messageIdSchema), v.maxLength(16)),
  content: v.pipe(namedMapSchema, v.looseObject({})),
})
export type Statement = v.InferOutput<typeof statementSchema>

const threadSubject = v.looseObject({
  thread: threadIdSchema,
  /**
   * The nonce out of which the thread's id is made: who hears of the thread for the first time sees
   * by it whose it is. Parts of before may lack it, but for the warning that opens the thread.
   */
  nonce: v.optional(threadIdSchema),
})

/** Spec/messages.md 2: the addressee's private part. */
export const partSchema = v.looseObject({
  /** The thread it belongs to, or `null` for a message about the link itself. */
  subject: v.nullable(threadSubject),
  epoch: positive,
  /** The author's gap-free number in this thread, from 1. */
  number: positive,
  /** The author's previous message in this thread. */
  previous: v.nullable(messageIdSchema),
  asks: v.pipe(v.array(anyCodeSchema), v.maxLength(32)),
  releasableTo: v.pipe(v.array(orgIdSchema), v.maxLength(256)),
  policy: policyHashSchema,
  /** What the author holds of the addressee's lanes. */
  held: heldSchema,
  /** How long the carrier may take where that is agreed, as by file; otherwise the policy's time. */
  carriedWithinMs: v.optional(withinMsSchema),
})
export type Part = v.InferOutput<typeof partSchema>

/** A verified message in its place in one thread (or on the link, where `part.subject` is null). */
export interface Message {
  readonly id: MessageId
  readonly digest: Digest
  readonly statement: Statement
  readonly part: Part
}

/** A gateway's signed word that it holds an envelope; it starts most clocks. */
export interface Custody {
  readonly digest: Digest
  readonly by: OrgId
  readonly atMs: number
  /** Returned by the peer as the one that the sender was given: it counts before any other. */
  readonly isReturned?: true
}

/** The thread a message belongs to, if it belongs to one. */
export function threadOf(message: Message): ThreadId | undefined {
  return message.part.subject?.thread
}

export type ReadMessage =
  | { readonly kind: "read"; readonly statement: Statement; readonly part: Part }
  | { readonly kind: "refused"; readonly code: MessageRefusal }

/** Why an opened message is not taken in; the peer only ever hears `cannot_open`. */
export type MessageRefusal =
  | "malformed_statement"
  | "malformed_part"
  | "malformed_content"
  | "kind_mismatch"
  | "author_mismatch"
  | "precedence_mismatch"
  | "policy_mismatch"
  | "not_entitled"
  | "wrong_thread"
  | "status_mismatch"
  | "thread_full"

/** What the envelope said, against which the statement inside is held. */
export interface Claimed {
  readonly kind: string
  readonly sender: OrgId
  readonly precedence: string
}

/**
 * Reads decoded bytes of a peer into a message, or says why not. An unknown kind is read too: it is
 * stored and answered `unknown_kind`, so that it can be read again after an upgrade.
 */
export function readMessage(statement: unknown, part: unknown, claimed: Claimed): ReadMessage {
  const said = v.safeParse(statementSchema, statement)
  if (!said.success) return { kind: "refused", code: "malformed_statement" }
  const placed = v.safeParse(partSchema, part)
  if (!placed.success) return { kind: "refused", code: "malformed_part" }
  const mismatch = mismatchOf(said.output, placed.output, claimed)
  if (mismatch !== undefined) return { kind: "refused", code: mismatch }
  const rule = kindRule(said.output.kind)
  if (rule !== undefined && !v.is(rule.schema, said.output.content)) {
    return { kind: "refused", code: "malformed_content" }
  }
  return { kind: "read", statement: said.output, part: placed.output }
}

function mismatchOf(said: Statement, part: Part, claimed: Claimed): MessageRefusal | undefined {
  if (said.kind !== claimed.kind) return "kind_mismatch"
  if (said.author !== claimed.sender) return "author_mismatch"
  if (said.precedence !== claimed.precedence) return "precedence_mismatch"
  if (said.policy !== part.policy) return "policy_mismatch"
  const subject = part.subject === null ? "link" : "thread"
  const { subject: fitting = "either" } = kindRule(said.kind) ?? {}
  return fitting === "either" || fitting === subject ? undefined : "wrong_thread"
}
