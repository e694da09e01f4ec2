/**
 * That a node was restored from a backup: the new epoch of all its links, authorised by the offline
 * root. spec/identity.md 5.
 *
 * Whoever holds the exchange key alone cannot make one, and so cannot ask peers for the past.
 */

import { isSame } from "@tearline/log"

import { type Value, decode, encode } from "./canonical.ts"
import { type SigningKey, verifyingKeyFrom } from "./composite.ts"
import { refuseUnless } from "./crypto-error.ts"
import { bytesOf, fieldsOf, integerOf } from "./form.ts"
import { organisationBytes } from "./header.ts"
import type { Identity } from "./identity.ts"
import { openSigned, signPayload } from "./signed.ts"

const restoreContext = "tearline/restore/v1"
const restoreFormat = 1

/** What a restore statement says. */
export interface RestoreStatement {
  readonly org: Uint8Array
  /** Greater than any that was used before, also before an earlier restore from the same backup. */
  readonly epoch: number
  readonly issuedSeconds: number
}

/** Signs a restore statement with the offline root key. */
export function signRestore(rootKey: SigningKey, it: RestoreStatement): Uint8Array {
  const fields: Value[] = [restoreFormat, it.org, it.epoch, it.issuedSeconds]
  const payload = encode(new Map(fields.map((field, at) => [at + 1, field])))
  return signPayload(restoreContext, rootKey, payload)
}

/**
 * Checks a statement against the root key of the identity that is held. Whether its epoch is new is
 * the caller's to ask.
 *
 * @throws CryptoError `not_canonical`, `malformed`, `unknown_version`, `wrong_context`,
 *   `unknown_key`, `bad_signature`, `wrong_organisation`.
 */
export function checkRestore(bytes: Uint8Array, identity: Identity): RestoreStatement {
  const root = verifyingKeyFrom(identity.rootPublicKey)
  const payload = openSigned(bytes, restoreContext, (keyId) =>
    isSame(keyId, root.id) ? root : undefined,
  )
  const value = decode(payload)
  const format = value instanceof Map ? (value as ReadonlyMap<number, Value>).get(1) : undefined
  refuseUnless(format === restoreFormat, "unknown_version", "an unknown restore format")
  const field = fieldsOf(value, 4, "the restore statement")
  const statement = {
    org: bytesOf(field(2), "the organisation", organisationBytes),
    epoch: integerOf(field(3), "the epoch", 2),
    issuedSeconds: integerOf(field(4), "the time of issue"),
  }
  const isOfThis = isSame(statement.org, identity.org)
  refuseUnless(isOfThis, "wrong_organisation", "the statement is about another organisation")
  return statement
}
