/** The codes under which suite 1 refuses, as its functions declare them. */

import { CryptoError, type CryptoErrorCode } from "@tearline/crypto"

import type { Declared } from "../refusal.ts"

const codes = (...list: readonly CryptoErrorCode[]): Declared => [[CryptoError, list]]

/** The canonical gate alone. */
export const gateCodes: Declared = codes("not_canonical", "too_large")
/** A shape behind the gate. */
export const shapeCodes: Declared = codes("not_canonical", "too_large", "malformed")
export const headerCodes: Declared = codes(
  "not_canonical",
  "too_large",
  "malformed",
  "unknown_version",
  "unknown_suite",
)
export const signedCodes: Declared = codes(
  "not_canonical",
  "too_large",
  "malformed",
  "wrong_context",
  "unknown_key",
  "bad_signature",
)
export const statementCodes: Declared = codes(
  "not_canonical",
  "too_large",
  "malformed",
  "wrong_context",
  "unknown_key",
  "bad_signature",
  "unknown_version",
  "wrong_organisation",
  "wrong_successor",
  "bad_key",
)
export const openingCodes: Declared = codes(
  "not_canonical",
  "too_large",
  "malformed",
  "unknown_version",
  "unknown_suite",
  "unknown_key",
  "bad_outer_signature",
  "slot_not_under_root",
  "foreign_slot",
  "unknown_prekey",
  "cannot_open",
  "commitment_mismatch",
  "bad_padding",
  "bad_inner_signature",
  "bad_binding",
  "not_in_audience",
  "wrong_context",
)
export const slotCodes: Declared = codes(
  "not_canonical",
  "too_large",
  "malformed",
  "cannot_open",
  "bad_padding",
)
export const bodyCodes: Declared = codes("cannot_open", "bad_padding")
export const messageCodes: Declared = codes(
  "not_canonical",
  "too_large",
  "malformed",
  "wrong_context",
  "bad_inner_signature",
)
