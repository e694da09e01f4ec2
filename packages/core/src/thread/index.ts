/** Everything said about one warning between two organisations, and what it makes each owe. */

export * from "./thread.ts"
export * from "./obligation.ts"
export * from "./view.ts"
export * from "./identity.ts"
export { factsOf, type Conflict, type Facts, type Waiting } from "./facts.ts"
export { cap, dueMs } from "./due.ts"
