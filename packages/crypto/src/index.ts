/**
 * Suite 1: the canonical gate, composite signatures and sealed envelopes.
 *
 * What a peer sends passes through here before anything else looks at it, and is refused with a
 * stable code or comes out verified. Primitives are those of Node and OpenSSL; HPKE and CBOR are
 * two small libraries. Keys do not leave this package but as values that cannot be printed.
 */

export * from "./audience.ts"
export { type Limits, type Value, decode, encode } from "./canonical.ts"
export * from "./composite.ts"
export { CryptoError, type CryptoErrorCode, type EnvelopeName } from "./crypto-error.ts"
export * from "./custody.ts"
export * from "./envelope.ts"
export * from "./identity.ts"
export * from "./kem.ts"
export * from "./operations.ts"
export * from "./prekeys.ts"
export * from "./signed.ts"
export * from "./unit.ts"
