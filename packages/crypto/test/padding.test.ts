/** Padding: few lengths, little waste, one frame for each content. */

import fc from "fast-check"
import { expect, test } from "vitest"

import { framed, paddedBytes, unframed } from "../src/padding.ts"

test("between 4 KiB and 1 MiB only 192 lengths remain, at 6.25 % at most", () => {
  const lengths = new Set<number>()
  for (let length = 4096; length <= 1024 * 1024; length++) lengths.add(paddedBytes(length))
  expect(lengths.size).toBeLessThanOrEqual(193)
})

test("padding never shortens, wastes little and is settled after once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 30 }), (length) => {
      const padded = paddedBytes(length)
      expect(padded).toBeGreaterThanOrEqual(Math.max(4096, length))
      expect(padded).toBeLessThanOrEqual(Math.max(4096, length * 1.0625))
      expect(paddedBytes(padded)).toBe(padded)
    }),
  )
})

test("a frame gives back its content, and no other frame does", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000 }), fc.nat(), (content, at) => {
      const frame = framed(content, paddedBytes(4 + content.length))
      expect(Buffer.compare(unframed(frame, paddedBytes) ?? Buffer.of(), content)).toBe(0)
      const end = 4 + content.length
      if (end === frame.length) return
      const stained = Uint8Array.from(frame)
      stained[end + (at % (frame.length - end))] = 1
      expect(unframed(stained, paddedBytes)).toBe(undefined)
      expect(unframed(frame.subarray(0, -1), paddedBytes)).toBe(undefined)
    }),
    { numRuns: 40 },
  )
})

test("a frame longer than its content needs is refused", () => {
  const roomy = framed(new Uint8Array(10), 8192)
  expect(unframed(roomy, paddedBytes)).toBe(undefined)
  expect(unframed(new Uint8Array(3), paddedBytes)).toBe(undefined)
})
