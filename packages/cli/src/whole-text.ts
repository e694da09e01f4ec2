import type { Readable } from "node:stream"

/** All that a stream has to say, as text. Rejects when the stream breaks off. */
export async function wholeText(stream: Readable): Promise<string> {
  return (await wholeBytes(stream)).toString("utf8")
}

/**
 * All that a stream has to say; of one that has more than `bytesMax`, a little more than that, and
 * the stream is closed. Rejects when the stream breaks off.
 */
export async function wholeBytes(
  stream: Readable,
  bytesMax: number = Number.POSITIVE_INFINITY,
): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk as Uint8Array | string)
    chunks.push(bytes)
    length += bytes.length
    if (length > bytesMax) break
  }
  return Buffer.concat(chunks)
}
