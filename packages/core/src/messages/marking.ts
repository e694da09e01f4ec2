/** What a receiver may do with a warning: who may read it, how visibly to act, whom to tell. */

import * as v from "valibot"

import { instantSchema, orgIdSchema } from "../ids.ts"
import { anyCodeSchema } from "../vocabulary/code-list.ts"
import { plainText } from "./text.ts"

/** A line that may be told to someone without asking again. */
const mayTellSchema = v.looseObject({ whom: anyCodeSchema, text: plainText(1_000) })

/** TLP, PAP, handling code, releasable-to, pre-authorised lines, court use, retention. */
export const markingSchema = v.looseObject({
  tlp: anyCodeSchema,
  pap: anyCodeSchema,
  handling: v.optional(v.pipe(v.array(anyCodeSchema), v.maxLength(16)), []),
  releasableTo: v.optional(v.pipe(v.array(orgIdSchema), v.maxLength(256)), []),
  mayTell: v.optional(v.pipe(v.array(mayTellSchema), v.maxLength(16)), []),
  lifeSavingAct: v.optional(anyCodeSchema, "no"),
  courtUse: v.optional(anyCodeSchema, "ask"),
  retainUntilMs: v.optional(instantSchema),
})
export type Marking = v.InferOutput<typeof markingSchema>

/** When the threat may come true, and what is to happen when that time has passed. */
export const threatWindowSchema = v.looseObject({
  earliestMs: v.optional(instantSchema),
  latestMs: v.optional(instantSchema),
  bestGuessMs: v.optional(instantSchema),
  basis: plainText(1_000),
  /** IANA name of the time zone in which the window was meant. */
  timeZone: v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/)),
  atEnd: plainText(1_000),
})
export type ThreatWindow = v.InferOutput<typeof threatWindowSchema>
