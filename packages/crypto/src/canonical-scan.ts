/**
 * A look at CBOR before it is decoded: depth, lengths and allowed forms, without recursion and
 * without allocating what the bytes merely claim.
 *
 * A million tiny items cost a hundred times what a million bytes in one do. A megabyte of opening
 * brackets would overflow the stack of a recursive decoder, and a head that claims 2^32 items may
 * make one reserve them. Here each head is read once, left to right.
 */

import { CryptoError } from "./crypto-error.ts"

const integerMajors = 1
const bytesMajor = 2
const textMajor = 3
const arrayMajor = 4
const mapMajor = 5
const tagMajor = 6
// The least argument that needs a head of so many further bytes.
const leastOfWidth: Readonly<Record<number, number>> = { 1: 24, 2: 256, 4: 65_536, 8: 2 ** 32 }
const allowedSimple: readonly number[] = [0xf4, 0xf5, 0xf6]

/** Throws `not_canonical` or `too_large` at the first head that no canonical object has. */
export function scan(bytes: Uint8Array, depthMax: number, itemsMax: number): void {
  // Items still to come at each open level; the outermost awaits exactly one.
  const open: number[] = [1]
  let at = 0
  let items = 0
  while (open.length > 0) {
    const level = open.length - 1
    const awaited = open[level] ?? 0
    if (awaited === 0) {
      open.pop()
      continue
    }
    open[level] = awaited - 1
    const head = readHead(bytes, at)
    items += 1
    at = head.end
    if (head.items > bytes.length - at) throw refused("fewer bytes than items", at)
    if (head.items > 0) open.push(head.items)
    // A scalar may stand below the innermost array or map, which is the deepest level allowed.
    if (open.length - 1 > depthMax) throw tooLarge(`nested deeper than ${depthMax} levels`, at)
    if (items > itemsMax) throw tooLarge(`more than ${itemsMax} items`, at)
  }
  if (at !== bytes.length) throw refused("bytes after the end", at)
}

interface Head {
  /** Where the next head begins: after the content of a byte or text string. */
  readonly end: number
  /** How many items follow inside: of a map, keys and values. */
  readonly items: number
}

function readHead(bytes: Uint8Array, at: number): Head {
  const first = bytes[at]
  if (first === undefined) throw refused("the bytes end too early", at)
  const major = Math.floor(first / 32)
  if (major > tagMajor) {
    if (allowedSimple.includes(first)) return { end: at + 1, items: 0 }
    throw refused("a float, an undefined or an unassigned value", at)
  }
  if (major === tagMajor) throw refused("a tag", at)
  const { argument, end } = readArgument(bytes, at, first % 32)
  if (major <= integerMajors) return { end, items: 0 }
  if (major === arrayMajor) return { end, items: argument }
  if (major === mapMajor) return { end, items: argument * 2 }
  if (argument > bytes.length - end) throw refused("a string longer than the bytes", at)
  if (major === bytesMajor || major === textMajor) return { end: end + argument, items: 0 }
  throw refused("an unknown major type", at)
}

function readArgument(
  bytes: Uint8Array,
  at: number,
  minor: number,
): { argument: number; end: number } {
  if (minor < 24) return { argument: minor, end: at + 1 }
  if (minor > 27) throw refused("an indefinite length or a reserved head", at)
  const width = 2 ** (minor - 24)
  let argument = 0
  for (let index = 1; index <= width; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) throw refused("the bytes end too early", at)
    argument = argument * 256 + byte
  }
  if (argument < (leastOfWidth[width] ?? 0)) throw refused("a head longer than needed", at)
  if (argument > Number.MAX_SAFE_INTEGER) throw refused("an integer beyond 2^53 - 1", at)
  return { argument, end: at + 1 + width }
}

function tooLarge(what: string, offset: number): CryptoError {
  return new CryptoError("too_large", what, { offset })
}

function refused(what: string, offset: number): CryptoError {
  return new CryptoError("not_canonical", `${what} at byte ${offset}`, { offset })
}
