/** What the opener does: opens the units it is given, one at a time, asking for the keys it needs. */

import {
  CryptoError,
  encodeOpening,
  kemKeyFromSeed,
  openUnit,
  verifyingKeyFrom,
  type KemKey,
  type OpenedUnit,
  type VerifyingKey,
} from "@tearline/crypto"

import { framesOf } from "../frames.ts"
import type { Content, FromOpener, KeyGiven, ToOpen, ToOpener } from "./exchanged.ts"
import { fromOpenerBytes, readToOpener } from "./pipe.ts"

const kemKeys = new Map<string, KemKey | undefined>()
const publicKeys = new Map<string, VerifyingKey>()
/** Units that wait for a key, by the id of the key. */
const waiting = new Map<string, ToOpen[]>()

/** Says it to the exchange. */
export function tell(message: FromOpener): void {
  process.stdout.write(fromOpenerBytes(message))
}

/** Parsed once: a key object costs more than a verification saves. */
function parsed(publicKey: Uint8Array): VerifyingKey {
  const name = publicKey.toBase64()
  const key = publicKeys.get(name) ?? verifyingKeyFrom(publicKey)
  publicKeys.set(name, key)
  return key
}

function finder(sender: Uint8Array, keys: readonly Uint8Array[]) {
  const known = keys.map(parsed)
  return (by: Uint8Array, id: Uint8Array): VerifyingKey | undefined =>
    Buffer.compare(by, sender) === 0
      ? known.find((it) => Buffer.compare(it.id, id) === 0)
      : undefined
}

function contentOf(it: OpenedUnit): Content {
  const { messageId, kind, statement, privatePart, signedObject, privatePartBytes } = it
  const { sender, precedence, digest, epoch, lane, number } = it
  const openingBytes = encodeOpening(it.audienceOpening)
  const said = { messageId, kind, statement, privatePart, signedObject, privatePartBytes }
  return { ...said, openingBytes, sender, precedence, digest, epoch, lane, number }
}

async function open(it: ToOpen): Promise<void> {
  let missing: Uint8Array | undefined
  try {
    const opened = await openUnit(it.unit, {
      ownOrg: it.ownOrg,
      gatewayKeyOf: finder(it.sender, it.gatewayKeys),
      exchangeKeyOf: finder(it.sender, it.exchangeKeys),
      kemKeyOf(prekeyId) {
        if (!kemKeys.has(prekeyId.toHex())) missing = prekeyId
        return kemKeys.get(prekeyId.toHex())
      },
    })
    // The receipt was given for another envelope than this: our gateway's mistake, or worse.
    if (Buffer.compare(opened.digest, it.digest) !== 0) throw foreign()
    tell({ kind: "opened", ticket: it.ticket, content: contentOf(opened) })
  } catch (error) {
    if (missing !== undefined) await waitFor(missing, it)
    else tell({ kind: "refused", ticket: it.ticket, code: refusalCode(error) })
  }
}

function foreign(): CryptoError {
  return new CryptoError("wrong_context", "the custody receipt is about another envelope")
}

/** Anything but a refusal is our own bug, which ends this process and shows as a crash. */
function refusalCode(error: unknown): string {
  if (error instanceof CryptoError) return error.code
  throw error
}

async function waitFor(prekeyId: Uint8Array, it: ToOpen): Promise<void> {
  const name = prekeyId.toHex()
  // The key may have come while this unit was being checked.
  if (kemKeys.has(name)) return open(it)
  const others = waiting.get(name)
  waiting.set(name, [...(others ?? []), it])
  if (others === undefined) tell({ kind: "key-asked", prekeyId })
}

async function keep({ prekeyId, seed }: KeyGiven): Promise<void> {
  const name = prekeyId.toHex()
  kemKeys.set(name, seed === null ? undefined : await kemKeyFromSeed(seed))
  const released = waiting.get(name) ?? []
  waiting.delete(name)
  for (const it of released) await open(it)
}

/** Does what one message asks. */
export async function answer(message: ToOpener): Promise<void> {
  await (message.kind === "open" ? open(message) : keep(message))
}

/**
 * Hears the exchange until it has gone. One at a time, in the order given: it puts the urgent
 * first. `hear` is another's only in a test of what a broken opener does.
 */
export async function serveOpenings(hear: typeof answer = answer): Promise<void> {
  tell({ kind: "ready" })
  const work = process.stdin as AsyncIterable<Buffer>
  for await (const frame of framesOf(work)) if (frame !== null) await hear(readToOpener(frame))
  process.exit(0)
}
