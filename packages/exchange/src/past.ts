/**
 * What peers say of the past, held against pinned keys: a restore against the offline root of its
 * organisation, a returned message against the exchange key of its author and the gateway key of
 * its addressee.
 */

import type { Custody, Exchanged, MessageId, OrgId, PastVerifier } from "@tearline/core"
import {
  checkIdentityChain,
  checkRestore,
  CryptoError,
  openCustody,
  openKept,
  signedParts,
  type VerifyingKey,
} from "@tearline/crypto"

import { codeOf } from "./exchange-error.ts"
import type { Verified } from "./invite.ts"
import type { Peer } from "./peers.ts"

type KnownPeer = Pick<Peer, "org" | "verified">

export interface PastParts {
  readonly own: OrgId
  readonly statements: Verified
  /** Of our own gateway. */
  readonly gatewayKey: VerifyingKey
  readonly find: (org: OrgId) => KnownPeer | undefined
}

type Returned = Parameters<PastVerifier["returnedOf"]>[1]

const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0

/** Every exchange key that an organisation ever had: what it said under an older one it did say. */
const exchangeKeys = new WeakMap<Verified, readonly VerifyingKey[]>()

function exchangeKeysOf(verified: Verified): readonly VerifyingKey[] {
  const known = exchangeKeys.get(verified)
  if (known !== undefined) return known
  const { identity } = verified
  const keys = identity.map((_, at) => checkIdentityChain(identity.slice(0, at + 1)).exchangeKey)
  exchangeKeys.set(verified, keys)
  return keys
}

/** What is said in the code of a refusal; anything but a refusal is a mistake of ours. */
function refused(error: unknown): { kind: "refused"; code: string } {
  if (error instanceof CryptoError) return { kind: "refused", code: codeOf(error) }
  throw error
}

export function pastVerifierOf(parts: PastParts): PastVerifier {
  return {
    restoreOf(org, statement) {
      const peer = parts.find(org)
      if (peer === undefined) return { kind: "refused", code: "unknown_peer" }
      try {
        return { kind: "verified", epoch: checkRestore(statement, peer.verified.current).epoch }
      } catch (error) {
        return refused(error)
      }
    },
    returnedOf(org, returned) {
      const peer = parts.find(org)
      if (peer === undefined) return { kind: "refused", code: "unknown_peer" }
      try {
        return opened(parts, peer, returned)
      } catch (error) {
        return refused(error)
      }
    },
  }
}

/** The author is whose key signed: it must be this organisation or the peer. */
function authorOf({ own, statements }: PastParts, peer: KnownPeer, signed: Uint8Array): OrgId {
  const { keyId } = signedParts(signed)
  const isOf = (verified: Verified) => exchangeKeysOf(verified).some((it) => isSame(it.id, keyId))
  if (isOf(statements)) return own
  if (isOf(peer.verified)) return peer.org
  throw new CryptoError("unknown_key", "what was returned is by neither of the two")
}

function opened(parts: PastParts, peer: KnownPeer, returned: Returned) {
  const { own, statements } = parts
  const author = authorOf(parts, peer, returned.signed)
  const addressee = author === own ? peer.org : own
  const keys = exchangeKeysOf(author === own ? statements : peer.verified)
  const kept = openKept(
    {
      signedObject: returned.signed,
      privatePart: returned.part,
      opening: returned.opening,
      addressee: Uint8Array.fromHex(addressee),
    },
    (keyId) => keys.find((it) => isSame(it.id, keyId)),
  )
  return {
    kind: "verified" as const,
    id: kept.messageId as MessageId,
    author,
    messageKind: kept.kind,
    statement: kept.statement,
    part: kept.privatePart,
    custody: custodyOf(parts, peer, { ...returned, author }),
  }
}

/** The receipt counts only if the addressee's gateway signed it, about this envelope. */
function custodyOf(
  { own, gatewayKey }: PastParts,
  peer: KnownPeer,
  { custody, digest, author }: Pick<Exchanged, "custody" | "digest"> & { author: OrgId },
): Custody | null {
  if (custody === null) return null
  const by = author === own ? peer.org : own
  const key = by === own ? gatewayKey : peer.verified.operation.gatewayKey
  try {
    const stated = openCustody(custody, (id) => (isSame(id, key.id) ? key : undefined))
    const isAboutThis =
      stated.digest.toHex() === digest &&
      stated.sender.toHex() === author &&
      stated.recipient.toHex() === by
    return isAboutThis ? { digest, by, atMs: stated.atMs } : null
  } catch (error) {
    if (error instanceof CryptoError) return null
    throw error
  }
}
