/** Three organisations with all their keys, the same at every run, and envelopes between them. */

import {
  type KemKey,
  type OpeningTrust,
  type Sealed,
  type SigningKey,
  type ToSeal,
  generateKemSeed,
  generateSigningKey,
  kemKeyFromSeed,
  sealEnvelope,
  signOuter,
} from "../src/index.ts"
import { randomFrom, toHex } from "./fixtures.ts"

export interface Organisation {
  readonly org: Uint8Array
  readonly exchange: SigningKey
  readonly gateway: SigningKey
  readonly kem: KemKey
  readonly kemSeed: Uint8Array
}

async function organisation(name: string): Promise<Organisation> {
  const random = randomFrom(name)
  const root = generateSigningKey(random)
  const kemSeed = generateKemSeed(random)
  return {
    org: root.verifying.id,
    exchange: generateSigningKey(random),
    gateway: generateSigningKey(random),
    kem: await kemKeyFromSeed(kemSeed),
    kemSeed,
  }
}

export const [alder, birch, cedar]: readonly [Organisation, Organisation, Organisation] =
  await Promise.all([organisation("alder"), organisation("birch"), organisation("cedar")])

const known = (sender: Uint8Array) =>
  [alder, birch, cedar].find((it) => toHex(it.org) === toHex(sender))
const ifIdIs = (key: SigningKey | undefined, id: Uint8Array) =>
  key !== undefined && toHex(key.verifying.id) === toHex(id) ? key.verifying : undefined

/** What an organisation trusts when it knows all three. */
export function trustOf(own: Organisation): OpeningTrust {
  return {
    ownOrg: own.org,
    gatewayKeyOf: (sender, keyId) => ifIdIs(known(sender)?.gateway, keyId),
    exchangeKeyOf: (sender, keyId) => ifIdIs(known(sender)?.exchange, keyId),
    kemKeyOf: (id) => (toHex(id) === toHex(own.kem.public.id) ? own.kem : undefined),
  }
}

/** A statement from Alder to Birch and Cedar; every field may be replaced. */
export function toSeal(changes: Partial<ToSeal> = {}): ToSeal {
  return {
    sender: alder.org,
    exchangeKey: alder.exchange,
    kind: "warning",
    statement: { what: "an attack is prepared", where: "a market" },
    precedence: 0,
    createdSeconds: 1_800_000_000,
    deliverBefore: null,
    gatewayKeyId: alder.gateway.verifying.id,
    addressees: [addressee(birch), addressee(cedar)],
    ...changes,
  }
}

export function addressee(to: Organisation): ToSeal["addressees"][number] {
  return {
    org: to.org,
    kem: to.kem.public,
    epoch: 1,
    lane: 0,
    number: 7,
    previousSlotHash: new Uint8Array(32).fill(9),
    privatePart: { thread: `thread with ${toHex(to.org)}`, asked: ["read-back"] },
  }
}

/** A sealed envelope and its units, signed by Alder's gateway. */
export async function departed(
  changes: Partial<ToSeal> = {},
): Promise<Sealed & { readonly signed: readonly Uint8Array[] }> {
  const sealed = await sealEnvelope(toSeal(changes))
  return { ...sealed, signed: sealed.units.map((unit) => signOuter(alder.gateway, unit)) }
}

/** The item at an index that the test knows to be there. */
export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new RangeError(`no item ${index}`)
  return item
}
