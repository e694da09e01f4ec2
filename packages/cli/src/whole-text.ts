import type { Readable } from "node:stream"

/** All that a stream has to say, as text. Rejects when the stream breaks off. */
export async function wholeText(stream: Readable): Promise<string> {
  return (await wholeBytes(stream)).toString("utf8")
}

/** All that a stream has to say. Rejects when the stream breaks off. */
export async function wholeBytes(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array | string))
  return Buffer.concat(chunks)
}
