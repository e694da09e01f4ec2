/**
 * Every list of codes that may stand in a message, as data: one file for each theme, and the two
 * ways to check a code (strict for what we write, open for what we read). The page for other
 * implementations is spec/vocabulary.md, written out from these lists.
 */

export * from "./alert.ts"
export * from "./code-list.ts"
export * from "./duty-to-warn.ts"
export * from "./entity.ts"
export * from "./evaluation.ts"
export * from "./exchange.ts"
export * from "./handling.ts"
export * from "./marking.ts"
export * from "./notices.ts"
export * from "./precedence.ts"
export * from "./probability.ts"
export * from "./status.ts"
export * from "./stix.ts"
export * from "./threat.ts"
