/** The core's door for files over this gateway's suite, peers and table. */

import { type Clock, FileDoor, type Host, type OrgId } from "@tearline/core"
import type { ArrivalAnswer, ArrivalInput, Digest, OpenedAnswer } from "@tearline/core"
import {
  CryptoError,
  type SigningKey,
  type VerifyingKey,
  openCustody,
  openRefusal,
  unitBytesMax,
} from "@tearline/crypto"
import type { CarriedTable } from "@tearline/store/gateway"

import type { Peers } from "./peers.ts"
import { claimsOf } from "./suite.ts"

export interface FileDoorParts {
  readonly org: OrgId
  readonly gatewayKey: SigningKey
  readonly peers: Peers
  readonly carried: CarriedTable
  readonly host: Host<ArrivalInput, ArrivalAnswer>
  readonly clock: Clock
}

type AnswerKind = "custody" | "refusal"

export function fileDoorOf({
  org,
  gatewayKey,
  peers,
  carried,
  host,
  clock,
}: FileDoorParts): FileDoor {
  const own = gatewayKey.verifying
  return new FileDoor({
    own: org,
    store: carried,
    clock,
    submit: (unit, lane) => host.submit({ unit }, lane),
    laneOf: (unit) => claimsOf(unit).lane,
    readOwn: (kind, bytes) => opened(kind, bytes, () => own),
    openAnswer(kind, bytes) {
      try {
        let signer: OrgId | undefined
        const answer = opened(kind, bytes, (id) => {
          const known = peers.signerOf(id)
          signer = known?.org
          return known?.key
        })
        return answer.recipient === signer ? answer : undefined
      } catch (error) {
        if (error instanceof CryptoError) return undefined
        throw error
      }
    },
    unitBytesMax,
  })
}

function opened(
  kind: AnswerKind,
  bytes: Uint8Array,
  keyOf: (id: Uint8Array) => VerifyingKey | undefined,
): OpenedAnswer {
  const signed = kind === "custody" ? openCustody(bytes, keyOf) : openRefusal(bytes, keyOf)
  return {
    digest: hexOf(signed.digest) as Digest,
    recipient: hexOf(signed.recipient) as OrgId,
    sender: hexOf(signed.sender) as OrgId,
    atMs: signed.atMs,
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex")
}
