/**
 * The parts of a tearline: what, who, where, when, how, how sure, and what is asked.
 *
 * Each is filled, or says why it is not: a reader must be able to tell "they do not know" from
 * "they will not say", since only the second is worth asking about (London Bridge 2017, Magdeburg
 * 2024).
 */

import * as v from "valibot"

import { anyCodeSchema } from "../vocabulary/code-list.ts"
import { namedMapSchema } from "./named-map.ts"
import { plainText } from "./text.ts"

/** The elements in the order in which a duty officer reads them. */
export const elementNames = ["what", "who", "where", "when", "how", "how-sure", "ask"] as const
export type ElementName = (typeof elementNames)[number]

const gradeSchema = v.looseObject({
  scheme: anyCodeSchema,
  information: anyCodeSchema,
  source: v.optional(anyCodeSchema),
})

const filledSchema = v.looseObject({
  state: v.literal("filled"),
  text: plainText(4_000),
  /** BCP 47 tag of the text. */
  language: anyCodeSchema,
  basis: v.picklist(["fact", "assessment"]),
  grade: v.optional(gradeSchema),
  /** TLP label of this element when it is stricter than the whole. */
  tlp: v.optional(anyCodeSchema),
  /** Codes of the lists of `vocabulary/`, for matching, translation and statistics. */
  codes: v.optional(v.pipe(v.array(anyCodeSchema), v.maxLength(32))),
})

const unfilledSchema = v.looseObject({
  state: v.picklist(["unknown", "known-withheld", "not-applicable"]),
})

/** One element: filled with a text in a language, or one of the three reasons why not. */
const elementSchema = v.variant("state", [filledSchema, unfilledSchema])
export type Element = v.InferOutput<typeof elementSchema>

/** All seven elements, each present. */
export const elementsSchema = v.looseObject({
  what: elementSchema,
  who: elementSchema,
  where: elementSchema,
  when: elementSchema,
  how: elementSchema,
  "how-sure": elementSchema,
  ask: elementSchema,
})

/** An element as the other side understood it, or as the originator corrects it. */
export const restatedSchema = v.pipe(
  namedMapSchema,
  v.looseObject({
    what: v.optional(plainText(4_000)),
    who: v.optional(plainText(4_000)),
    where: v.optional(plainText(4_000)),
    when: v.optional(plainText(4_000)),
    how: v.optional(plainText(4_000)),
  }),
)
