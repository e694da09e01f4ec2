/** Units as a peer's gateway sends them, made with the keys of a test's organisations. */

import {
  kemKeyFromSeed,
  type Sealed,
  sealEnvelope,
  signOuter,
  type Statement,
} from "@tearline/crypto"

import type { ToBeOpened } from "../src/opener/opener.ts"
import type { Keys } from "./organisation.ts"

export interface UnitOptions {
  readonly kind?: string
  readonly statement?: Statement
  readonly privatePart?: Statement
  readonly number?: number
}

/** A sealed envelope with its one unit, without outer signature, and its private part. */
export interface SealedTo extends Sealed {
  readonly unit: Uint8Array
  readonly part: Uint8Array
}

export async function sealedTo(from: Keys, to: Keys, options: UnitOptions = {}): Promise<SealedTo> {
  const sealed = await sealEnvelope({
    sender: Uint8Array.fromHex(from.org),
    exchangeKey: from.exchangeKey,
    kind: options.kind ?? "warning",
    statement: options.statement ?? { what: "an attack is prepared" },
    precedence: 0,
    createdSeconds: 1_800_000_000,
    deliverBefore: null,
    gatewayKeyId: from.gatewayKey.verifying.id,
    addressees: [
      {
        org: Uint8Array.fromHex(to.org),
        kem: (await kemKeyFromSeed(to.kemSeed)).public,
        epoch: 1,
        lane: 0,
        number: options.number ?? 1,
        previousSlotHash: null,
        privatePart: options.privatePart ?? { thread: null },
      },
    ],
  })
  const [unit] = sealed.units
  const [part] = sealed.privateParts
  if (unit === undefined || part === undefined) throw new RangeError("no unit was sealed")
  return { ...sealed, unit, part }
}

/** A unit that has arrived, as the opener is given it. */
export async function arrivedFrom(from: Keys, to: Keys): Promise<ToBeOpened> {
  const { unit, digest } = await sealedTo(from, to)
  return {
    unit: signOuter(from.gatewayKey, unit),
    digest,
    ownOrg: Uint8Array.fromHex(to.org),
    sender: Uint8Array.fromHex(from.org),
    gatewayKeys: [from.gatewayKey.verifying.publicKey],
    exchangeKeys: [from.exchangeKey.verifying.publicKey],
  }
}
