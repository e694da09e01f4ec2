/** What can be said: the frame of every message, the kinds, and the shape of each one's content. */

export * from "./statement.ts"
export * from "./kinds.ts"
export { elementNames, type Element, type ElementName } from "./element.ts"
export type { Marking, ThreatWindow } from "./marking.ts"
export { warningSchema, type Warning } from "./warning.ts"
export { outcomePoints, type OutcomePoint, type PublicLine } from "./closing.ts"
export type { Receipt } from "./handling.ts"
export type { LaneHeld } from "./heartbeat.ts"
export type { Returned, ReturnedItem } from "./restoring.ts"
