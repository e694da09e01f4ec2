/** What the core asks of the world, and nothing more: time, chance, hashing and canonical form. */

/** The node's clock: never steps back, in milliseconds since 1970-01-01 UTC. */
export interface Clock {
  nowMs(): number
}

/** Random bytes; each purpose has a stream of its own, so that one does not move another (I11). */
export interface Chance {
  bytes(count: number): Uint8Array
}

/** The parts of suite 1 that a pure step needs. Implemented by `@tearline/crypto`. */
export interface Hashing {
  /** SHA-256. */
  hash(bytes: Uint8Array): Uint8Array
  /** Deterministic CBOR of plain data (spec/canonical-form.md). */
  encode(value: unknown): Uint8Array
}
