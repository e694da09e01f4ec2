import type { IncomingMessage } from "node:http"

import { GatewayError } from "./gateway-error.ts"

/** The length that a request states; undefined when it states none, or no whole number. */
export function statedLength(incoming: IncomingMessage): number | undefined {
  const text = incoming.headers["content-length"]
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined
}

/**
 * Reads a message to its end, giving up as soon as it is over the limit. Throws `too_large`, or the
 * socket's error when the other side goes away in the middle.
 */
export async function readBody(incoming: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) {
      throw new GatewayError("too_large", `the body is over the limit of ${bytesMax} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}
