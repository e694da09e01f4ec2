import type { Lane } from "@tearline/core"
import { decode } from "@tearline/crypto"

const headerBytesMax = 512
const precedenceField = 7
const shortHead = 0x58
const longHead = 0x59

/** The header's bytes at the start of a unit, where they are as they should be. */
function headerOf(unit: Uint8Array): Uint8Array | undefined {
  const [, head, first = 0, second = 0] = unit
  if (head === shortHead) return unit.subarray(3, 3 + first)
  return head === longHead ? unit.subarray(4, 4 + first * 256 + second) : undefined
}

/**
 * The lane in which a unit is to be opened, out of its header alone (spec/envelope.md 2, 5). A unit
 * that is not as it should be goes last, and its opening says what is wrong with it.
 */
export function laneOfUnit(unit: Uint8Array): Lane {
  try {
    const limits = { bytesMax: headerBytesMax, depthMax: 2 }
    const header: unknown = decode(headerOf(unit) ?? new Uint8Array(), limits)
    const lane: unknown = header instanceof Map ? header.get(precedenceField) : undefined
    return lane === 0 || lane === 1 || lane === 2 ? lane : 3
  } catch {
    return 3
  }
}
