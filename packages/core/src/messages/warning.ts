/** The message that everything else in a thread is about: a tearline, released to named addressees. */

import * as v from "valibot"

import { elementsSchema } from "./element.ts"
import { markingSchema, threatWindowSchema } from "./marking.ts"
import { plainText } from "./text.ts"

/** Spec/messages.md, `warning`. */
export const warningSchema = v.pipe(
  v.looseObject({
    title: plainText(200),
    threatToLife: v.boolean(),
    elements: elementsSchema,
    marking: markingSchema,
    window: v.optional(threatWindowSchema),
    /** One officer released it at FLASH: a second one's review is owed at home. M-MSG-11. */
    reviewOwed: v.optional(v.boolean(), false),
    /** Why a threat to life travels below IMMEDIATE. M-MSG-9. */
    loweredBecause: v.optional(plainText(1_000)),
  }),
  v.check(({ window }) => {
    const { earliestMs, latestMs } = window ?? {}
    return earliestMs === undefined || latestMs === undefined || earliestMs <= latestMs
  }, "the threat window ends before it begins"),
)
export type Warning = v.InferOutput<typeof warningSchema>
