/**
 * Suite 1: the canonical gate, composite signatures and sealed envelopes.
 *
 * What a peer sends passes through here before anything else looks at it, and is refused with a
 * stable code or comes out verified. Primitives are those of Node and OpenSSL; HPKE and CBOR are
 * two small libraries. Keys do not leave this package but as values that cannot be printed.
 *
 * By process: an exchange uses `sealEnvelope`, `sealUnits` and `openUnit`; a gateway `checkUnit`,
 * `signCustody` and `signRefusal`, and for departures `departureOf`, `outerSignature` and
 * `attachOuter`; both check identities, operations and prekeys before they trust a key.
 */

export { type AudienceOpening, isInAudience } from "./audience.ts"
export { type Limits, type Value, decode, encode } from "./canonical.ts"
export {
  type SigningKey,
  type VerifyingKey,
  generateSigningKey,
  keyIdOf,
  seedOfSigningKey,
  sign,
  signingKeyFromSeed,
  verify,
  verifyingKeyFrom,
} from "./composite.ts"
export { CryptoError, type CryptoErrorCode, type EnvelopeName } from "./crypto-error.ts"
export {
  type Custody,
  type RefusedEnvelope,
  openCustody,
  openRefusal,
  signCustody,
  signRefusal,
} from "./custody.ts"
export {
  type Addressee,
  type Inner,
  type OpenedUnit,
  type OpeningTrust,
  type Resealable,
  type Sealed,
  type SealedUnits,
  type SlotToSeal,
  type Statement,
  type ToSeal,
  messageIdOf,
  openMessage,
  openUnit,
  sealEnvelope,
  sealUnits,
} from "./envelope.ts"
export type { Precedence } from "./header.ts"
export {
  type Identity,
  type IdentityStatement,
  type IdentityStatus,
  checkIdentity,
  checkIdentityChain,
  fingerprint,
  mustBeValidAt,
  signIdentity,
} from "./identity.ts"
export { type KeptMessage, type OpenedKept, encodeOpening, openKept } from "./kept.ts"
export {
  type KemKey,
  type KemPublicKey,
  generateKemSeed,
  kemKeyFromSeed,
  kemPublicKeyFrom,
  prekeyIdOf,
} from "./kem.ts"
export {
  type Operations,
  type OperationsStatement,
  checkOperations,
  signOperations,
} from "./operations.ts"
export { type Prekey, type PrekeyBundle, checkPrekeys, prekeyAt, signPrekeys } from "./prekeys.ts"
export { type RestoreStatement, checkRestore, signRestore } from "./restore.ts"
export {
  type KeyOf,
  type SignatureContext,
  contextOf,
  kindOf,
  openSigned,
  signPayload,
  signedParts,
} from "./signed.ts"
export { type LanePlace, slotHash } from "./slot.ts"
export {
  type CheckedUnit,
  type Departure,
  type UnitTrust,
  attachOuter,
  checkUnit,
  departureOf,
  outerSignature,
  signOuter,
  unitBytesMax,
} from "./unit.ts"
