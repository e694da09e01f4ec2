/** The addressee's side of the loop: who owns it, what was understood, done and reached. */

import * as v from "valibot"

import { instantSchema, messageIdSchema, digestSchema, threadIdSchema } from "../ids.ts"
import { anyCodeSchema } from "../vocabulary/code-list.ts"
import { restatedSchema } from "./element.ts"
import { plainText } from "./text.ts"

/**
 * A step that has been taken with a message. `read` is made by a person in a role, `unsealed` by
 * the exchange; `refused` names the envelope, since what cannot be opened has no message id.
 * Custody is the gateway's and travels outside envelopes (spec/receipts.md).
 */
export const receiptSchema = v.variant("step", [
  v.looseObject({ step: v.literal("unsealed"), of: messageIdSchema }),
  v.looseObject({ step: v.literal("read"), of: messageIdSchema, role: anyCodeSchema }),
  v.looseObject({ step: v.literal("refused"), envelope: digestSchema, code: anyCodeSchema }),
])
export type Receipt = v.InferOutput<typeof receiptSchema>

/** An owner takes it, or it comes back with a code and, if known, the right desk. */
export const acceptanceSchema = v.variant("verdict", [
  v.looseObject({ verdict: v.literal("accepted"), owner: anyCodeSchema }),
  v.looseObject({
    verdict: v.literal("rejected"),
    code: anyCodeSchema,
    rightDesk: v.optional(plainText(200)),
    text: v.optional(plainText(2_000)),
  }),
])

/** Originator's answer to a rejection or refusal: what became of the warning. */
export const mendSchema = v.looseObject({
  how: v.picklist(["re-addressed", "re-sent", "dropped"]),
  ground: plainText(2_000),
  /** The thread in which it goes on, when it was sent again. */
  thread: v.optional(threadIdSchema),
})

/** Who, where, when, how, in the addressee's own words. */
export const readBackSchema = v.looseObject({ understood: restatedSchema })

export const readBackReplySchema = v.variant("verdict", [
  v.looseObject({ verdict: v.literal("agreed") }),
  v.looseObject({ verdict: v.literal("corrected"), corrections: restatedSchema }),
])

/** What is being done, coarse if need be; `none` only with a reason. */
export const actionSchema = v.pipe(
  v.looseObject({
    actions: v.pipe(v.array(anyCodeSchema), v.minLength(1), v.maxLength(16)),
    reason: v.optional(anyCodeSchema),
    text: v.optional(plainText(2_000)),
    doneAtMs: v.optional(instantSchema),
  }),
  v.check(
    ({ actions, reason }) => !actions.includes("none") || reason !== undefined,
    "no action needs a reason",
  ),
)

/** Has it reached those who can protect? `no` stays open: M-THR-19. */
export const reachSchema = v.looseObject({
  reached: v.picklist(["yes", "no", "withheld"]),
  hops: v.optional(v.pipe(v.array(anyCodeSchema), v.maxLength(16)), []),
  text: v.optional(plainText(2_000)),
})

/** At the end of the threat window: go on, step down or close; never by silence. */
export const windowDecisionSchema = v.variant("decision", [
  v.looseObject({
    decision: v.literal("extended"),
    untilMs: instantSchema,
    reason: plainText(2_000),
  }),
  v.looseObject({
    decision: v.picklist(["stepped-down", "closed"]),
    reason: plainText(2_000),
  }),
])

/** The originator does not agree to a decision: it is to be decided again, M-THR-27. */
export const windowDissentSchema = v.looseObject({ reason: plainText(2_000) })
