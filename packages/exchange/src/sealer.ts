/** The core's sealer: a statement signed with our exchange key and sealed to each peer's KEM key. */

import {
  precedences,
  type Addressee,
  type Digest,
  type MessageId,
  type OrgId,
  type Sealed,
  type Sealer,
  type Statement,
} from "@tearline/core"
import {
  encodeOpening,
  sealEnvelope,
  type KemPublicKey,
  type SigningKey,
  type Statement as Value,
} from "@tearline/crypto"

export interface SealerParts {
  readonly own: OrgId
  readonly exchangeKey: SigningKey
  /** The key of our gateway, which will sign the outside. */
  readonly gatewayKeyId: Uint8Array
  /** Throws ExchangeError `unknown_peer`. */
  readonly kemKeyOf: (org: OrgId) => KemPublicKey
}

function addresseeOf({ org, part, place }: Addressee, kem: KemPublicKey) {
  const { previousSlotHash, ...position } = place
  return {
    ...position,
    org: Uint8Array.fromHex(org),
    kem,
    // Plain data throughout; what has no canonical form is refused by the encoder.
    privatePart: part as unknown as Value,
    previousSlotHash: previousSlotHash === null ? null : Uint8Array.fromHex(previousSlotHash),
  }
}

export function sealerOf({ own, exchangeKey, gatewayKeyId, kemKeyOf }: SealerParts): Sealer {
  return {
    async seal(statement: Statement, addressees: readonly Addressee[]): Promise<Sealed> {
      const sealed = await sealEnvelope({
        sender: Uint8Array.fromHex(own),
        exchangeKey,
        kind: statement.kind,
        statement: statement as unknown as Value,
        precedence: precedences.entries[statement.precedence].lane,
        createdSeconds: Math.floor(statement.atMs / 1000),
        // Nothing that we say today is worthless after some time: it is delivered however late.
        deliverBefore: null,
        gatewayKeyId,
        addressees: addressees.map((it) => addresseeOf(it, kemKeyOf(it.org))),
      })
      return {
        id: sealed.messageId as MessageId,
        digest: sealed.digest.toHex() as Digest,
        signed: sealed.signedObject,
        units: addressees.map(({ org }, at) => ({
          org,
          unit: itemOf(sealed.units, at),
          slotHash: itemOf(sealed.slotHashes, at).toHex(),
          part: itemOf(sealed.privateParts, at),
          opening: encodeOpening(itemOf(sealed.audienceOpenings, at)),
        })),
      }
    },
  }
}

function itemOf<Item>(list: readonly Item[], index: number): Item {
  const it = list[index]
  if (it === undefined) throw new RangeError(`sealing gave nothing for addressee ${index}`)
  return it
}
