/** "I am here", sealed by the exchange once an hour, with what it holds of the other's lanes. */

import * as v from "valibot"

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))

/** Of one lane of one epoch: everything up to `upTo`, and these runs of numbers beyond it. */
const laneHeldSchema = v.looseObject({
  lane: v.pipe(count, v.maxValue(3)),
  epoch: count,
  upTo: count,
  beyond: v.pipe(v.array(v.strictTuple([count, count])), v.maxLength(1_000)),
})
export type LaneHeld = v.InferOutput<typeof laneHeldSchema>

export const heldSchema: v.GenericSchema<unknown, LaneHeld[]> = v.pipe(
  v.array(laneHeldSchema),
  v.maxLength(64),
)

export const heartbeatSchema = v.looseObject({ held: heldSchema })
