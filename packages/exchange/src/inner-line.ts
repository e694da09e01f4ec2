/** What the exchange may do with its gateway, whatever lies between the two. */

import type { Answered, Asking } from "./gateway-line.ts"

/** An answer that goes on: its bytes, as they come. */
export interface Streamed extends AsyncIterable<Buffer> {
  readonly statusCode?: number | undefined
  destroy(): unknown
}

export interface InnerLine {
  /** Throws `gateway_unreachable`, `gateway_untrusted` or `too_large`. */
  ask(asking: Asking): Promise<Answered>
  /** The answer as it streams in. Throws as {@link ask}. */
  open(asking: Asking): Promise<Streamed>
  close(): void
}
