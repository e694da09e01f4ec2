/** What a restored node says to its peers, and what they give back: spec/links.md 5. */

import * as v from "valibot"

import { digestSchema } from "../ids.ts"
import { heldSchema, type LaneHeld } from "./heartbeat.ts"

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

/** Standard base64 with its padding, decoded to at most so many bytes. */
const base64 = (bytesMax: number): v.GenericSchema<string> =>
  v.pipe(v.string(), v.maxLength(Math.ceil(bytesMax / 3) * 4), v.base64())

/** The most bytes of a signed object that is returned; longer ones are none that a node writes. */
export const returnedBytesMax = 524_288

export const restoredSchema = v.looseObject({
  /** The restore statement, signed by the offline root. */
  statement: base64(16_384),
  /** What the author knows of its own lanes in every epoch before this one. */
  given: heldSchema,
})
export interface Restored {
  readonly statement: string
  readonly given: readonly LaneHeld[]
}

/** One message as the peer holds it: exact bytes, and its place in the lane of its precedence. */
const itemSchema = v.looseObject({
  number: positive,
  digest: digestSchema,
  signed: base64(returnedBytesMax),
  part: base64(65_536),
  opening: base64(1_024),
  custody: v.nullable(base64(16_384)),
  /** Whether the peer holds the restored node's receipt `unsealed` for it. */
  isUnsealed: v.boolean(),
})
export type ReturnedItem = v.InferOutput<typeof itemSchema>

/** Messages and passed numbers in one `returned` at most: what one of them may cost. */
export const returnedItemsMax = 16
export const passedMax = 256

const passedSchema = v.looseObject({
  lane: v.pipe(count, v.maxValue(3)),
  epoch: positive,
  number: positive,
})

export const returnedSchema = v.looseObject({
  /** Of the restore that this answers. */
  epoch: positive,
  /** From 1 without a gap; null for what came to light after the last page. */
  page: v.nullable(positive),
  isLast: v.boolean(),
  items: v.pipe(v.array(itemSchema), v.maxLength(returnedItemsMax)),
  /** Numbers of the author's own lanes that held nothing to be returned. */
  passed: v.pipe(v.array(passedSchema), v.maxLength(passedMax)),
})
export type Returned = v.InferOutput<typeof returnedSchema>
