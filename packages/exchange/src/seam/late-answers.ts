/** What our gateway says of something when the exchange has long gone on to something else. */

import {
  departureTimes,
  type Departures,
  type DepartureTimes,
  type Digest,
  type OrgId,
  type SeamAnswer,
} from "@tearline/core"

import type { DepartureTrouble } from "../departure-trouble.ts"
import { type DepartureParts, readAnswered } from "../departure.ts"
import { listNamed, readOffered } from "../peer-list.ts"
import type { Peers } from "../peers.ts"

interface LateParts extends Pick<DepartureParts, "own" | "gatewayKeyOf"> {
  readonly departures: Pick<Departures, "settle">
  readonly peers: Pick<Peers, "gatewayAnswered">
  readonly trouble: Pick<DepartureTrouble, "note">
}

/** What was not answered lies in the folder: it is written again only should it be lost there. */
export const seamTimes: DepartureTimes = {
  ...departureTimes,
  waitingMs: { flash: 20_000, common: 120_000 },
}

const nameForm = /^([0-9a-f]{64})\/([0-9a-f]{32})$/

/** Settles the item that the answer is about; what settles nothing comes of itself again. */
export function lateAnswers({ departures, peers, trouble, ...parts }: LateParts) {
  return async ({ about, status, body }: SeamAnswer): Promise<boolean> => {
    const list = listNamed(about)
    if (list !== undefined) {
      peers.gatewayAnswered(list, readOffered({ status, body: Buffer.from(body) }))
      return true
    }
    const [, digest, peer] = nameForm.exec(about) ?? []
    if (digest === undefined || peer === undefined) return true
    const item = { digest: digest as Digest, peer: peer as OrgId }
    const departed = readAnswered(parts, item, { status, body: Buffer.from(body) })
    trouble.note(item.peer, departed)
    if (departed.kind !== "custody" && departed.kind !== "refused") return true
    return await departures.settle(about, departed)
  }
}
