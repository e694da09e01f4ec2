/**
 * The reckoning of a storm, whose senders have no books of their own: what each was told, held
 * against both databases of the node that told it.
 */

import { createHash } from "node:crypto"

import { openCustody, verifyingKeyFrom } from "@tearline/crypto"

import type { Handed } from "../load/storming.ts"
import type { Books, MessageRow } from "./books.ts"

export interface StormReckoned {
  /** In custody and not there, a line each. */
  readonly lost: readonly string[]
  readonly wrong: readonly string[]
}

/** `gatewayKey`: the public key of the gateway that signed. */
export function reckonStorm(
  handed: readonly Handed[],
  books: Books,
  gatewayKey: Uint8Array,
): StormReckoned {
  const byDigest = Map.groupBy(
    books.messages.filter((it) => it.direction === "in"),
    (it) => it.digest,
  )
  const digests = new Set(handed.map(({ warning }) => warning.digest))
  const strange = [...byDigest.keys()].filter((it) => !digests.has(it)).length
  return {
    lost: handed.flatMap((it) => lostOf(it, books, byDigest.get(it.warning.digest) ?? [])),
    wrong: [
      ...handed.flatMap((it) => receiptFaults(it, books.node.org, gatewayKey)),
      ...handed.flatMap((it) => takenFaults(it, books, byDigest.get(it.warning.digest) ?? [])),
      ...(strange > 0 ? [`${strange} messages are there that nobody sent`] : []),
    ],
  }
}

function aboutOf({ warning }: Handed): string {
  return `thread ${warning.thread.slice(0, 12)}`
}

function lostOf(it: Handed, { held }: Books, rows: readonly MessageRow[]): string[] {
  const { thread, sender, digest } = it.warning
  const isWritten = rows.some((row) => row.thread === thread && row.peer === sender.org)
  if (!isWritten) return [`${aboutOf(it)}: in custody, and gone`]
  return held.has(digest) ? [] : [`${aboutOf(it)}: in custody, and not at the gateway`]
}

function takenFaults(it: Handed, { taken }: Books, rows: readonly MessageRow[]): string[] {
  return [
    ...(rows.length > 1 ? [`${aboutOf(it)}: it is there ${rows.length} times`] : []),
    ...(taken.has(it.warning.digest) ? [] : [`${aboutOf(it)}: the exchange never took it`]),
  ]
}

/** A receipt that says of this very unit that this very node holds it. */
function receiptFaults(it: Handed, org: string, gatewayKey: Uint8Array): string[] {
  const { digest, sender, unit } = it.warning
  try {
    const said = openCustody(it.receipt, () => verifyingKeyFrom(gatewayKey))
    const isOfThis =
      said.digest.toHex() === digest &&
      said.sender.toHex() === sender.org &&
      said.recipient.toHex() === org &&
      createHash("sha256").update(unit).digest("hex") === said.unitHash.toHex()
    return isOfThis ? [] : [`${aboutOf(it)}: the receipt of custody is about something else`]
  } catch (error) {
    const why = error instanceof Error ? error.message : ""
    return [`${aboutOf(it)}: what came for a receipt of custody is none: ${why}`]
  }
}
