export type GatewayErrorCode =
  | "bad_config"
  | "peer_unreachable"
  | "peer_untrusted"
  | "too_large"
  | "malformed"

/** The one error of this package. Its message never holds content, keys or names of persons. */
export class GatewayError extends Error {
  override readonly name = "GatewayError"
  readonly code: GatewayErrorCode

  constructor(code: GatewayErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
    this.code = code
  }
}

/** The code that an error of anybody's carries: all of an error that is ever shown. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined
  return typeof code === "string" && /^\w{1,64}$/.test(code) ? code.toLowerCase() : "unknown"
}
