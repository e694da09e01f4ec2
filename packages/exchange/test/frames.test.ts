import * as fc from "fast-check"
import { expect, test } from "vitest"

import { encode } from "@tearline/crypto"

import { framesOf, readFrame } from "../src/frames.ts"

function framed(content: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

async function* cut(all: Buffer, at: readonly number[]): AsyncGenerator<Buffer> {
  const places = [...new Set(at.map((it) => it % (all.length + 1)))].toSorted((a, b) => a - b)
  const edges = [0, ...places, all.length]
  for (const [index, start] of edges.entries()) {
    const chunk = all.subarray(start, edges[index + 1] ?? all.length)
    if (chunk.length > 0) yield chunk
  }
}

test("frames come out as they were written, wherever the stream is cut", async () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(contents, fc.array(fc.nat(400)), async (frames, at) => {
      const all = Buffer.concat(frames.map(framed))
      const read = await Array.fromAsync(framesOf(cut(all, at)))
      const wanted = frames.map((it) => (it.length === 0 ? null : Buffer.from(it)))
      expect(read).toEqual(wanted)
    }),
  )
})

test("a frame that says it is too long is refused before it is read", async () => {
  const chunks = framesOf(cut(Buffer.from([0x7f, 0xff, 0xff, 0xff]), []))
  await expect(Array.fromAsync(chunks)).rejects.toMatchObject({ code: "too_large" })
})

test("a frame that is not a unit, a receipt and a time is refused", () => {
  expect(readFrame(encode([Uint8Array.of(1), Uint8Array.of(2), 3]))).toEqual({
    unit: Uint8Array.of(1),
    receipt: Uint8Array.of(2),
    atMs: 3,
  })
  for (const other of [[], [1, 2, 3], { unit: 1 }]) {
    expect(() => readFrame(encode(other))).toThrow("a frame is [unit, custody receipt")
  }
})
