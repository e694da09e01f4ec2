/** Why bytes, a key or a signature were refused; stable, for the wire and for tests. */
export type CryptoErrorCode =
  | "not_canonical"
  | "not_encodable"
  | "too_large"
  | "malformed"
  | "wrong_context"
  | "unknown_key"
  | "bad_key"
  | "bad_signature"
  | "bad_outer_signature"
  | "bad_inner_signature"
  | "unknown_version"
  | "unknown_suite"
  | "foreign_slot"
  | "slot_not_under_root"
  | "unknown_prekey"
  | "cannot_open"
  | "commitment_mismatch"
  | "bad_padding"
  | "bad_binding"
  | "not_in_audience"
  | "wrong_organisation"
  | "wrong_successor"
  | "not_valid_now"

/** The envelope that a refusal is about. */
export interface EnvelopeName {
  readonly digest: Uint8Array
  readonly sender: Uint8Array
}

/**
 * The one error of this package: bytes that a peer may have made were refused, or a value cannot be
 * encoded. Its message never holds content or keys.
 */
export class CryptoError extends Error {
  override readonly name = "CryptoError"
  readonly code: CryptoErrorCode
  /** Where in the bytes, when that is known. */
  readonly offset: number | undefined
  /** Set once the outer signature has held: from then on the sender is owed a signed refusal. */
  readonly envelope: EnvelopeName | undefined

  constructor(
    code: CryptoErrorCode,
    message: string,
    options: {
      readonly cause?: unknown
      readonly offset?: number | undefined
      readonly envelope?: EnvelopeName | undefined
    } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.code = code
    this.offset = options.offset
    this.envelope = options.envelope
  }
}

/** Throws unless the claim holds. For what bytes from outside claim, never for our own bugs. */
export function refuseUnless(claim: boolean, code: CryptoErrorCode, message: string): void {
  if (!claim) throw new CryptoError(code, message)
}

/** The same refusal, now known to concern an envelope whose outer signature held. */
export function concerning(error: unknown, envelope: EnvelopeName): unknown {
  if (!(error instanceof CryptoError)) return error
  const { cause, offset } = error
  return new CryptoError(error.code, error.message, { cause, offset, envelope })
}
