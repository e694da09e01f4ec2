/** What a hostile peer has brought in, and what has to be on record of it (I9). */

import type { Digest } from "@tearline/core"

import type { Checkers } from "../checkers/checkers.ts"
import type { Organisation } from "../node/organisation.ts"

export interface Injected {
  readonly target: Organisation
  readonly digest: Digest
  readonly isRefused: boolean
}

/** Of several restores of one peer a later one may have come before. */
const overtaken = "stale_restore"

/** A refused thing is on record under a code, and nowhere else. */
export function mustBeOnRecord(checkers: Checkers, { target, digest, isRefused }: Injected): void {
  // What it had on record of a hostile peer nobody else knows; and in a thread that it has
  // forgotten, an act is not told from an honest latecomer's.
  if (checkers.restoredSince.has(target.org)) return
  if (!target.gatewayDisk.arrivals.has(digest)) return
  const row = target.exchangeDisk.arrivals.get(digest)
  const message = `${target.name}: ${digest} of a hostile peer is`
  if (row === undefined) checkers.fail("I9", `${message} not on record`)
  else if (isRefused && row.code === null) checkers.fail("I9", `${message} taken in`)
  else if (!isRefused && row.code !== null && row.code !== overtaken) {
    checkers.fail("I9", `${message} refused for ${row.code} although it is in order`)
  }
}
