/** The outward half of a node: it checks, gives custody and holds; it opens nothing. */

export * from "./ports.ts"
export * from "./machine.ts"
