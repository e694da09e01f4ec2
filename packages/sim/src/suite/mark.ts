/**
 * A keyed mark over a text, in the place of a signature. Each unit of the text goes through a
 * permutation of the sum, so that one that was changed always shows. It keeps nobody from forging:
 * what a forger can do is tested with the real suite.
 */

import type { OrgId } from "@tearline/core"

function permuted(start: number, text: string): number {
  let sum = start
  for (let at = 0; at < text.length; at += 1) {
    sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193)
    sum ^= sum >>> 15
  }
  return sum
}

const hexOf = (sum: number) => (sum >>> 0).toString(16).padStart(8, "0")

export function markOf(text: string, key: OrgId): string {
  return hexOf(permuted(0x811c9dc5, text) ^ permuted(0x9e3779b9, key)) + hexOf(text.length)
}
