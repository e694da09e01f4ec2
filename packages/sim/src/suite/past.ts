/** What organisations say of the past, and its checks: a restore by the root, what is returned. */

import type { MessageId, OrgId, PastVerifier, VerifiedReturn } from "@tearline/core"

import { bytesOf, textOf } from "./bytes.ts"
import { custodyIn, digestOf, hashHex, openingOf, readSigned } from "./suite.ts"

/** What the offline root of an organisation signs after a restore. */
export function restoreStatement(org: OrgId, epoch: number): Uint8Array {
  return bytesOf(`restore ${org} ${epoch} ${hashHex(`root of ${org} ${epoch}`)}`)
}

/** Checks of what peers say of the past. */
export function pastVerifierOf(own: OrgId): PastVerifier {
  return {
    restoreOf(peer, statement) {
      const epoch = Number(textOf(statement).split(" ")[2])
      const isSigned = textOf(restoreStatement(peer, epoch)) === textOf(statement)
      return isSigned ? { kind: "verified", epoch } : { kind: "refused", code: "bad_signature" }
    },
    returnedOf: (peer, returned) =>
      verified(own, peer, returned) ?? { kind: "refused", code: "bad_signature" },
  }
}

type Returned = Parameters<PastVerifier["returnedOf"]>[1]

function verified(own: OrgId, peer: OrgId, returned: Returned): VerifiedReturn | undefined {
  const { digest, signed, part, opening, custody } = returned
  const id = hashHex(textOf(signed)) as MessageId
  const statement = readSigned(id, signed)
  if (statement === undefined || digestOf(id) !== digest) return undefined
  const { author, kind: messageKind } = statement
  const isOfUs = author === own || author === peer
  const signedOpening = openingOf(textOf(signed), textOf(part), author)
  if (!isOfUs || textOf(signedOpening) !== textOf(opening)) return undefined
  const read = custody === null ? undefined : custodyIn(custody)
  const isOfThis = read?.digest === digest && read.by === (author === own ? peer : own)
  return {
    kind: "verified",
    id,
    author,
    messageKind,
    statement,
    part: JSON.parse(textOf(part)) as unknown,
    custody: isOfThis ? read : null,
  }
}
