/** The gateway's share of suite 1, over `@tearline/crypto`: check, custody, refusal. */

import type { CheckedUnit, Digest, GatewaySuite, Lane, OrgId, UnitCheck } from "@tearline/core"
import {
  CryptoError,
  type SigningKey,
  type VerifyingKey,
  checkUnit,
  decode,
  signCustody,
  signRefusal,
  unitBytesMax,
} from "@tearline/crypto"

export interface GatewaySuiteParts {
  readonly org: OrgId
  readonly gatewayKey: SigningKey
  readonly keyOf: (sender: Uint8Array, keyId: Uint8Array) => VerifyingKey | undefined
}

/** A checked unit that remembers the hash of its bytes, which the receipt states. */
interface HashedUnit extends CheckedUnit {
  readonly unitHash: Uint8Array
}

export function gatewaySuite({ org, gatewayKey, keyOf }: GatewaySuiteParts): GatewaySuite {
  const recipient = bytesOf(org)
  const trust = { ownOrg: recipient, gatewayKeyOf: keyOf }
  return {
    check(bytes) {
      try {
        return { kind: "good", unit: hashed(checkUnit(bytes, trust)) }
      } catch (error) {
        if (error instanceof CryptoError) return badOf(error)
        throw error
      }
    },
    custody(unit, atMs) {
      const { digest, sender, unitHash } = unit as HashedUnit
      const about = { digest: bytesOf(digest), sender: bytesOf(sender), recipient, atMs }
      return signCustody(gatewayKey, { ...about, unitHash })
    },
    refusal({ digest, sender, code }, atMs) {
      const about = { digest: bytesOf(digest), sender: bytesOf(sender), recipient, atMs }
      return signRefusal(gatewayKey, { ...about, code })
    },
  }
}

function hashed(it: ReturnType<typeof checkUnit>): HashedUnit {
  return {
    digest: hexOf(it.digest) as Digest,
    sender: hexOf(it.sender) as OrgId,
    lane: it.precedence,
    unitHash: it.unitHash,
  }
}

function badOf({ code, envelope }: CryptoError): UnitCheck {
  if (envelope === undefined)
    return { kind: "bad", code, signed: false, digest: null, sender: null }
  const digest = hexOf(envelope.digest) as Digest
  return { kind: "bad", code, signed: true, digest, sender: hexOf(envelope.sender) as OrgId }
}

/** What a unit's header claims before anything is verified; undefined where it cannot be read. */
export interface UnitClaims {
  readonly sender: string | undefined
  /** ROUTINE when it cannot be read: what is not well-formed never goes first. */
  readonly lane: Lane
}

const unreadable: UnitClaims = { sender: undefined, lane: 3 }
const headerBytesMax = 512

/** Reads the two fields by which a unit is queued. Never throws: the check says what is wrong. */
export function claimsOf(unit: Uint8Array): UnitClaims {
  try {
    const parts = decode(unit, { bytesMax: unitBytesMax, depthMax: 1 })
    const bytes: unknown = Array.isArray(parts) ? parts[0] : undefined
    if (!(bytes instanceof Uint8Array)) return unreadable
    const header = decode(bytes, { bytesMax: headerBytesMax, depthMax: 2 })
    if (!(header instanceof Map)) return unreadable
    const sender: unknown = header.get(3)
    const lane: unknown = header.get(7)
    return {
      sender: sender instanceof Uint8Array ? hexOf(sender) : undefined,
      lane: lane === 0 || lane === 1 || lane === 2 ? lane : 3,
    }
  } catch {
    return unreadable
  }
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex, "hex")
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}
