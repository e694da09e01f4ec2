/** The end of the loop: what came of it, thanks to those who obtained it, what the press is told. */

import * as v from "valibot"

import { instantSchema } from "../ids.ts"
import { anyCodeSchema } from "../vocabulary/code-list.ts"
import { plainText } from "./text.ts"

/** When an outcome is owed: 24 hours, 30 days and 180 days after the action or the window's end. */
export const outcomePoints = ["24h", "30d", "180d"] as const
export type OutcomePoint = (typeof outcomePoints)[number]

const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1_000_000))

/** What came of it, coded; coarse is allowed, nothing is not. */
export const outcomeSchema = v.looseObject({
  point: v.picklist(outcomePoints),
  result: anyCodeSchema,
  /** By element name: `right`, `near`, `wrong` or `untested`. */
  elements: v.optional(v.record(anyCodeSchema, anyCodeSchema), {}),
  arrests: v.optional(countSchema),
  seizures: v.optional(v.pipe(v.array(plainText(200)), v.maxLength(32)), []),
  text: v.optional(plainText(4_000)),
  /** Nothing more is to come: discharges the later outcomes too. */
  final: v.optional(v.boolean(), false),
})

/** Thanks to be relayed to the people who obtained it, who are never named. */
export const thanksSchema = v.looseObject({
  level: anyCodeSchema,
  text: plainText(4_000),
})

export const thanksReplySchema = v.looseObject({
  result: v.picklist(["relayed", "not-relayable", "declined"]),
  text: v.optional(plainText(2_000)),
})

const textsSchema = v.record(anyCodeSchema, plainText(4_000))

/** One party's position before the press, as agreed by both. */
const stancesSchema = v.looseObject({ originator: anyCodeSchema, addressee: anyCodeSchema })

const lineEntries = {
  stances: stancesSchema,
  /** The text by BCP 47 language tag. */
  texts: textsSchema,
  /** The answer to "how did they learn of it". */
  method: v.picklist(["declined", "own-text"]),
  answersFor: v.picklist(["each-for-itself", "originator-for-both", "addressee-for-both"]),
  embargoUntilMs: v.optional(instantSchema),
}

export const publicLineSchema = v.looseObject(lineEntries)
export type PublicLine = v.InferOutput<typeof publicLineSchema>

/** Agreed; or handed back with a reason, or with the line as this side would have it. */
export const publicLineReplySchema = v.variant("verdict", [
  v.looseObject({ verdict: v.literal("agree") }),
  v.looseObject({ verdict: v.literal("object"), reason: plainText(2_000) }),
  v.looseObject({ verdict: v.literal("amend"), ...lineEntries }),
])
