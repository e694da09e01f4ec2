/**
 * A keyed mark over a text, in the place of a signature: a CRC, so that a changed byte always
 * shows. It keeps nobody from forging: what a forger can do is tested with the real suite.
 */

import { crc32 } from "node:zlib"

import type { OrgId } from "@tearline/core"

const hexOf = (sum: number) => (sum >>> 0).toString(16).padStart(8, "0")

export function markOf(text: string, key: OrgId): string {
  return hexOf(crc32(text, crc32(key))) + hexOf(text.length)
}
