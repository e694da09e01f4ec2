/**
 * Hostile bytes for every decoder that reads what a peer, a gateway, an opener or a desk sends.
 *
 * Inputs are made by grammar and by chance out of those that showed something new, and each is held
 * against the oracles of `engine/execution.ts` and of its own target. What is found is kept and
 * replayed for ever. docs/decisions/0019-fuzzing.md.
 */

export { execute, type Executed } from "./engine/execution.ts"
export { corpusOf, findings, type Finding } from "./engine/kept.ts"
export { catalogue, entryOf, targetNames } from "./targets/catalogue.ts"
