/** Changes that know nothing of what the bytes mean. */

import type { Random } from "@tearline/sim"

const interesting = [0, 1, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x5b, 0x7b, 0x7f, 0x80, 0xc0, 0xed, 0xff]

type Change = (input: Uint8Array, random: Random) => Uint8Array

const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

function span(input: Uint8Array, random: Random): readonly [number, number] {
  const from = random.below(input.length + 1)
  const length = Math.min(input.length - from, 1 + Math.floor(random.exponential(8)))
  return [from, from + length]
}

function withByte(input: Uint8Array, random: Random, to: (byte: number) => number): Uint8Array {
  const other = input.slice()
  const at = random.below(input.length)
  other[at] = to(other[at] ?? 0)
  return other
}

const changes: readonly Change[] = [
  (input, random) => withByte(input, random, (it) => it ^ (1 << random.below(8))),
  (input, random) => withByte(input, random, () => random.below(256)),
  (input, random) => withByte(input, random, () => random.pick(interesting)),
  (input, random) => withByte(input, random, (it) => it + random.pick([1, -1, 16, -16])),
  (input, random) => {
    const [from, to] = span(input, random)
    return joined(input.subarray(0, from), input.subarray(to))
  },
  (input, random) => {
    const [from, to] = span(input, random)
    return joined(input.subarray(0, to), input.subarray(from))
  },
  (input, random) => {
    const at = random.below(input.length + 1)
    return joined(input.subarray(0, at), random.bytes(1 + random.below(8)), input.subarray(at))
  },
  (input, random) => input.subarray(0, random.below(input.length + 1)),
]

export function changeBytes(input: Uint8Array, random: Random): Uint8Array {
  return input.length === 0
    ? random.bytes(1 + random.below(16))
    : random.pick(changes)(input, random)
}

/** The beginning of one input and the end of another. */
export function spliced(input: Uint8Array, donor: Uint8Array, random: Random): Uint8Array {
  const head = input.subarray(0, random.below(input.length + 1))
  return joined(head, donor.subarray(random.below(donor.length + 1)))
}
