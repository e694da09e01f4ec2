export type ExchangeErrorCode =
  | "bad_config"
  | "unknown_peer"
  | "bad_invite"
  | "fingerprint_mismatch"
  | "gateway_unreachable"
  | "gateway_untrusted"
  | "gateway_refused"
  | "corrupt"
  | "unauthorized"
  | "too_large"
  | "malformed_request"
  | "unknown_thread"
  | "ambiguous_thread"
  | "poison"
  | "closing"

/** The one error of this package. Its message never holds content, keys, tokens or officers' names. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError"
  readonly code: ExchangeErrorCode

  constructor(
    code: ExchangeErrorCode,
    message: string,
    options: { readonly cause?: unknown } = {},
  ) {
    super(message, options)
    this.code = code
  }
}

/** The code that an error of anybody's carries: all of an error that a diagnostic line shows. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined
  return typeof code === "string" && /^\w{1,64}$/.test(code) ? code.toLowerCase() : "unknown"
}
