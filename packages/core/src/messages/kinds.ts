/**
 * The open list of message kinds: who may send each, what it answers, and what it makes others owe.
 *
 * A new kind is a schema, a line here, a section in spec/messages.md and a vector; thread, host and
 * carriage read this table and know no kind by name.
 */

import type * as v from "valibot"

import {
  outcomeSchema,
  publicLineReplySchema,
  publicLineSchema,
  thanksReplySchema,
  thanksSchema,
} from "./closing.ts"
import {
  acceptanceSchema,
  actionSchema,
  mendSchema,
  reachSchema,
  readBackReplySchema,
  readBackSchema,
  receiptSchema,
  windowDecisionSchema,
  windowDissentSchema,
} from "./handling.ts"
import { heartbeatSchema } from "./heartbeat.ts"
import { restoredSchema, returnedSchema } from "./restoring.ts"
import { warningSchema } from "./warning.ts"

/** The two ends of a thread. */
export type Party = "originator" | "addressee"

export interface KindRule {
  readonly schema: v.GenericSchema<unknown, unknown>
  /** What it is about; a receipt is about a thread, or about an envelope that could not be opened. */
  readonly subject: "thread" | "link" | "either"
  /** Which end of a thread may author it (I5); a link's messages come from either. */
  readonly by: readonly Party[]
  /** The kinds one of which it must answer; empty where it answers nothing in particular. */
  readonly answers: readonly string[]
  /** Whether the other side owes `unsealed` and `read` for it: spec/messages.md 4. */
  readonly owesReading: boolean
  /** It tells of the threat itself: reading it is capped by the time that is left. */
  readonly isOfThreat: boolean
}

const either: readonly Party[] = ["originator", "addressee"]
const originator: readonly Party[] = ["originator"]
const addressee: readonly Party[] = ["addressee"]

const rule = (
  schema: v.GenericSchema<unknown, unknown>,
  by: readonly Party[],
  answers: readonly string[],
  owesReading = false,
): KindRule => ({ schema, subject: "thread", by, answers, owesReading, isOfThreat: false })

/** All kinds that this version speaks. */
export const kinds = {
  warning: { ...rule(warningSchema, originator, [], true), isOfThreat: true },
  receipt: { ...rule(receiptSchema, either, []), subject: "either" },
  acceptance: rule(acceptanceSchema, addressee, ["warning"]),
  // A rejection, or whatever of the originator's the other side refused.
  mend: rule(mendSchema, originator, [
    "acceptance",
    "warning",
    "mend",
    "read-back-reply",
    "window-dissent",
    "thanks-reply",
    "public-line",
    "public-line-reply",
  ]),
  "read-back": rule(readBackSchema, addressee, ["warning", "read-back-reply"]),
  "read-back-reply": rule(readBackReplySchema, originator, ["read-back"]),
  action: rule(actionSchema, addressee, ["warning"]),
  reach: rule(reachSchema, addressee, ["warning"]),
  "window-decision": rule(windowDecisionSchema, addressee, ["warning", "window-dissent"]),
  "window-dissent": rule(windowDissentSchema, originator, ["window-decision"]),
  outcome: rule(outcomeSchema, addressee, ["warning"]),
  thanks: rule(thanksSchema, addressee, ["warning"], true),
  "thanks-reply": rule(thanksReplySchema, originator, ["thanks"]),
  "public-line": rule(publicLineSchema, either, ["warning", "public-line-reply"], true),
  "public-line-reply": rule(publicLineReplySchema, either, ["public-line", "public-line-reply"]),
  heartbeat: { ...rule(heartbeatSchema, either, []), subject: "link" },
  restored: { ...rule(restoredSchema, either, []), subject: "link" },
  returned: { ...rule(returnedSchema, either, []), subject: "link" },
} as const satisfies Record<string, KindRule>

export type Kind = keyof typeof kinds

const rules: ReadonlyMap<string, KindRule> = new Map(Object.entries(kinds))

/** The rule of a kind, or `undefined` for one that this version does not speak. */
export function kindRule(kind: string): KindRule | undefined {
  return rules.get(kind)
}
