/**
 * Links as they are stored: JSON under a sum of what was written. A number that is too low by one
 * bit would be given twice, so that a row which is not as it was written is not used.
 */

import { createHash } from "node:crypto"

import type { Link, StoredLink } from "@tearline/core"

import type { Field } from "../batch.ts"
import { StoreError } from "../error.ts"
import { base64, bytesOf, hexOf, numberOf, textOf } from "../field.ts"

/** What `storedLinkOf` reads, in its order. */
export const linkFields = `peer, version, state, ${base64("sum")}`

/** SHA-256 of the version as decimal digits, a space, and the state. */
export function linkSumOf(version: number, state: string): Uint8Array {
  return createHash("sha256").update(`${version} ${state}`).digest()
}

/** Reads one row. Throws `corrupt`, naming the peer, where it is not as it was written. */
export function storedLinkOf([peer, version, state, sum]: readonly Field[]): StoredLink {
  const stored = { version: numberOf(version), state: textOf(state) }
  if (Buffer.compare(linkSumOf(stored.version, stored.state), bytesOf(sum)) !== 0) {
    const about = hexOf(peer)
    const message =
      `the stored link to ${about} is damaged; ` +
      "stop the node and restore the database from a backup"
    throw new StoreError("corrupt", message, { about })
  }
  // Written by `commitOf` out of a link.
  return { link: JSON.parse(stored.state) as Link, version: stored.version }
}
