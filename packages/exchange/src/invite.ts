/**
 * An invite: what one organisation hands another so that the two can speak. Canonical CBOR of its
 * chain of identity statements and its operations statement, in base64 where people carry it.
 *
 * Nothing in it is secret and nothing in it is trusted: people compare the fingerprint on a line
 * that they already trust, and only then is it taken in.
 */

import type { OrgId } from "@tearline/core"
import {
  checkIdentity,
  checkIdentityChain,
  checkOperations,
  CryptoError,
  decode,
  encode,
  fingerprint,
  mustBeValidAt,
  type Identity,
  type Operations,
} from "@tearline/crypto"

import { ExchangeError } from "./exchange-error.ts"

/** Signed statements of one organisation, exact bytes. */
export interface Statements {
  /** From version 1 on. */
  readonly identity: readonly Uint8Array[]
  readonly operations: Uint8Array
}

/** Statements that hold together. */
export interface Verified extends Statements {
  readonly org: OrgId
  readonly current: Identity
  readonly operation: Operations
  /** Of the first root key, as people compare it. */
  readonly fingerprint: string
}

export function encodeInvite({ identity, operations }: Statements): string {
  return encode({ identity: [...identity], operations }).toBase64()
}

/** Throws `bad_invite`. */
export function decodeInvite(text: string): Statements {
  try {
    const value = decode(Uint8Array.fromBase64(text.replaceAll(/\s/g, ""))) as {
      readonly [key: string]: unknown
    }
    const { identity, operations } = value
    const isList = Array.isArray(identity) && identity.every((it) => it instanceof Uint8Array)
    if (isList && operations instanceof Uint8Array) {
      return { identity, operations }
    }
  } catch (cause) {
    throw notAnInvite(cause)
  }
  throw notAnInvite()
}

function notAnInvite(cause?: unknown): ExchangeError {
  return new ExchangeError("bad_invite", "the text is no invite: copy all of it again", { cause })
}

/**
 * Checks a chain and its operations statement, as successors of what is held if anything is. Throws
 * `bad_invite` with the crypto's code in its message.
 */
export function verify(statements: Statements, held: Verified | undefined): Verified {
  try {
    const { identity, operations } = statements
    const [first] = identity
    const current = checkIdentityChain(identity)
    if (held !== undefined) mustContinue(statements, current, held)
    const operation = checkOperations(operations, current, held?.operation)
    const root = first === undefined ? current : checkIdentity(first)
    return {
      identity,
      operations,
      org: current.org.toHex() as OrgId,
      current,
      operation,
      fingerprint: fingerprint(root.rootPublicKey),
    }
  } catch (error) {
    throw asBadInvite(error)
  }
}

/** The chain that is held must be the beginning of the one given: no version is rolled back. */
function mustContinue({ identity }: Statements, current: Identity, held: Verified): void {
  const same = identity[held.identity.length - 1]
  const isContinued =
    same !== undefined && Buffer.compare(checkedHash(identity, held), held.current.hash) === 0
  if (isContinued && current.version >= held.current.version) return
  throw new ExchangeError(
    "bad_invite",
    `version ${held.current.version} of this identity is held and the invite does not continue it`,
  )
}

function checkedHash(chain: readonly Uint8Array[], held: Verified): Uint8Array {
  return checkIdentityChain(chain.slice(0, held.identity.length)).hash
}

/** Throws `bad_invite` unless the identity is active and within its times. */
export function mustBeCurrent({ current }: Verified, nowMs: number): void {
  try {
    mustBeValidAt(current, Math.floor(nowMs / 1000))
  } catch (error) {
    throw asBadInvite(error)
  }
}

/** What the crypto says of an invite, as `bad_invite`. */
export function asBadInvite(error: unknown): unknown {
  if (!(error instanceof CryptoError)) return error
  const message = `the invite does not hold (${error.code}): ask for a new one`
  return new ExchangeError("bad_invite", message, { cause: error })
}
