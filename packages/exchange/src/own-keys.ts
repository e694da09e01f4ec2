/** Our own keys and statements out of the configuration, held against each other before use. */

import type { OrgId } from "@tearline/core"
import {
  checkRestore,
  CryptoError,
  kemKeyFromSeed,
  signingKeyFromSeed,
  type SigningKey,
  type VerifyingKey,
} from "@tearline/crypto"

import type { ExchangeConfig } from "./config.ts"
import { ExchangeError } from "./exchange-error.ts"
import { verify, type Verified } from "./invite.ts"

export interface OwnKeys {
  readonly own: OrgId
  readonly statements: Verified
  readonly exchangeKey: SigningKey
  /** Of our own gateway: what makes the outer signature and the custody receipts. */
  readonly gatewayKey: VerifyingKey
  /** Seeds of the KEM keys that can be opened with, by prekey id in hexadecimal. */
  readonly kemSeeds: ReadonlyMap<string, Uint8Array>
  /** The newest restore of this node that its root has authorised. */
  readonly restore: OwnRestore | undefined
}

/** A restore of this node: the statement's exact bytes, for the peers, and what it says. */
interface OwnRestore {
  readonly statement: Uint8Array
  readonly epoch: number
  readonly atMs: number
}

/** Throws `bad_config` when keys and statements are not of one organisation. */
export async function ownKeysOf(config: ExchangeConfig): Promise<OwnKeys> {
  const statements = verify(
    {
      identity: config.identity.map((it) => Uint8Array.fromBase64(it)),
      operations: Uint8Array.fromBase64(config.operations),
    },
    undefined,
  )
  const exchangeKey = signingKeyFromSeed(Uint8Array.fromBase64(config.exchangeKey))
  const kemSeeds = new Map<string, Uint8Array>()
  for (const text of config.kemSeeds) {
    const seed = Uint8Array.fromBase64(text)
    const { id } = (await kemKeyFromSeed(seed)).public
    kemSeeds.set(id.toHex(), seed)
  }
  if (statements.org !== config.org) throw disagreeing("the organisation")
  if (Buffer.compare(exchangeKey.verifying.id, statements.current.exchangeKey.id) !== 0) {
    throw disagreeing("the exchange key")
  }
  const { gatewayKey } = statements.operation
  const restore = restoreOf(config, statements)
  return { own: config.org, statements, exchangeKey, gatewayKey, kemSeeds, restore }
}

function restoreOf(config: ExchangeConfig, { current }: Verified): OwnRestore | undefined {
  if (config.restore === undefined) return undefined
  const statement = Uint8Array.fromBase64(config.restore)
  try {
    const { epoch, issuedSeconds } = checkRestore(statement, current)
    return { statement, epoch, atMs: issuedSeconds * 1_000 }
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error
    throw disagreeing("the restore statement")
  }
}

function disagreeing(what: string): ExchangeError {
  const message = `${what} of the configuration is not the one in the statements: check both`
  return new ExchangeError("bad_config", message)
}
