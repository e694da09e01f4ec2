/**
 * What lies in a drop folder: one record in one file, named after its own bytes.
 *
 * The name is how a torn, cut or flipped file is told from a whole one without any key, and why
 * writing it twice is writing it once. It tells the lane, so that what is urgent is read first, and
 * nothing else. Layout: spec/carriers.md 2.
 */

import { assert } from "../assert.ts"
import type { Hashing } from "../host/ports.ts"
import type { OrgId } from "../ids.ts"
import type { Lane } from "../vocabulary/precedence.ts"

const dropKinds = ["unit", "custody", "refusal"] as const
export type DropKind = (typeof dropKinds)[number]

/** One record. */
export interface Drop {
  readonly kind: DropKind
  readonly lane: Lane
  readonly from: OrgId
  readonly to: OrgId
  readonly content: Uint8Array
}

/** Why a file in a drop folder is left where it lies. */
export type DropFault =
  | "foreign_name"
  | "not_a_file"
  | "too_large"
  | "unreadable"
  | "damaged"
  | "malformed"

const magic = Uint8Array.fromHex("544c44524f50310a")
const headBytes = 46
const nameForm = /^[0-3]-[0-9a-f]{64}\.tearline$/
const temporaryForm = /^\.[0-3]-[0-9a-f]{64}\.tearline\.[0-9a-f]{8}\.part$/

/** The largest content: a delivery unit with what a gateway says of it. */
export const dropContentBytesMax: number = 1_258_291 + 65_536

/** The largest file that is read at all. */
export const dropBytesMax: number = headBytes + dropContentBytesMax

/** A record as the bytes of its file. */
export function encodeDrop({ kind, lane, from, to, content }: Drop): Uint8Array {
  assert(content.length <= dropContentBytesMax, "a record fits a file")
  const bytes = new Uint8Array(headBytes + content.length)
  bytes.set(magic)
  bytes[8] = dropKinds.indexOf(kind)
  bytes[9] = lane
  bytes.set(Uint8Array.fromHex(from), 10)
  bytes.set(Uint8Array.fromHex(to), 26)
  new DataView(bytes.buffer).setUint32(42, content.length)
  bytes.set(content, headBytes)
  return bytes
}

/** Reads the bytes of a file; undefined for anything but exactly one record. */
export function decodeDrop(bytes: Uint8Array): Drop | undefined {
  if (bytes.length < headBytes || bytes.length > dropBytesMax) return undefined
  if (magic.some((byte, at) => bytes[at] !== byte)) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const kind = dropKinds[view.getUint8(8)]
  const lane = view.getUint8(9)
  const isWhole = view.getUint32(42) === bytes.length - headBytes
  if (kind === undefined || lane > 3 || !isWhole) return undefined
  return {
    kind,
    lane: lane as Lane,
    from: bytes.subarray(10, 26).toHex() as OrgId,
    to: bytes.subarray(26, 42).toHex() as OrgId,
    content: bytes.subarray(headBytes),
  }
}

/** The one name under which these bytes may lie. */
export function dropNameOf(bytes: Uint8Array, hashing: Pick<Hashing, "hash">): string {
  return `${bytes[9] ?? 0}-${hashing.hash(bytes).toHex()}.tearline`
}

/** Whether a record may have this name: a digit, a digest and nothing that a path could mean. */
export function isDropName(name: string): boolean {
  return nameForm.test(name)
}

/** The name under which a file is written until it is whole. */
export function temporaryNameOf(name: string, chance: Uint8Array): string {
  const temporary = `.${name}.${chance.subarray(0, 4).toHex()}.part`
  assert(isTemporaryName(temporary), "a temporary name is recognised as one")
  return temporary
}

/** Whether this is what an interrupted writing leaves behind. */
export function isTemporaryName(name: string): boolean {
  return temporaryForm.test(name)
}
