/** What the exchange's shell does between the line to its gateway and the machine. */

import {
  precedenceOf,
  unopenable,
  type Arrived,
  type Departed,
  type Digest,
  type HeldArrival,
  type HeldUnit,
  type OrgId,
  type OutboxItem,
  type Unopenable,
} from "@tearline/core"

import type { Plant } from "../faults/plant.ts"
import type { WireAnswer } from "../network/network.ts"
import { bytesOf } from "../suite/bytes.ts"
import {
  custodyIn,
  openingOf,
  readLine,
  readSigned,
  readUnit,
  signedBytesOf,
} from "../suite/suite.ts"

/** An arrival whose custody receipt holds. */
export function heldOf({
  unit,
  custody: receipt,
  sender,
  lane,
}: HeldArrival): HeldUnit | undefined {
  const custody = custodyIn(receipt)
  return custody && { unit, receipt, custody, sender, lane }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Opens a held unit; what is not as it should be is refused under a code. */
export function openHeld(held: HeldUnit, own: OrgId, plant: Plant): Arrived | Unopenable {
  const text = readUnit(held.unit)
  if (text === undefined || text.addressee !== own) return unopenable(held, "malformed")
  const { id, digest, sender, lane, place, signed, part: partText } = text
  const signedBytes = signedBytesOf(id, signed)
  const statement: { readonly kind?: unknown } | null | undefined = readSigned(id, signedBytes)
  const part = parsed(partText)
  if (statement === undefined || part === undefined) return unopenable(held, "malformed")
  const kind = typeof statement?.kind === "string" ? statement.kind : ""
  const { unit, custody, receipt } = held
  const arrived: Arrived = {
    kind: "arrived",
    unit,
    custody,
    receipt,
    opened: {
      digest,
      id,
      sender,
      precedence: precedenceOf(lane),
      kind,
      statement,
      part,
      place,
      signedBytes,
      partBytes: bytesOf(partText),
      openingBytes: openingOf(signed, partText, sender),
    },
  }
  return plant.arrived(arrived, own)
}

/** What our gateway says of a unit that was handed to it. */
export type HandedAnswer = WireAnswer | { readonly kind: "waiting" }

/** A receipt counts only if the peer's own gateway signed it, about this envelope of ours. */
export function readAnswer(
  answer: HandedAnswer | undefined,
  item: Pick<OutboxItem, "digest" | "peer">,
  own: OrgId,
): Departed {
  if (answer === undefined) return { kind: "failed", code: "timeout" }
  // A gateway that is busy and one that will not say why answer alike here; both come again.
  if (answer.kind === "turned-away") return { kind: "failed", code: "peer_refused" }
  if (answer.kind === "waiting") return answer
  const bytes = answer.kind === "custody" ? answer.receipt : answer.refusal
  const line = readLine(bytes)
  const isAboutThis =
    line?.digest === item.digest && line.recipient === item.peer && line.sender === own
  if (!isAboutThis || line === undefined) return { kind: "failed", code: "foreign_receipt" }
  const { atMs, code } = line
  if (code !== undefined) return { kind: "refused", code, atMs }
  const custody = { digest: line.digest as Digest, by: item.peer, atMs }
  return { kind: "custody", custody, receipt: bytes }
}
