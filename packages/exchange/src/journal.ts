/**
 * The core's journal over the store: exact signed bytes become messages again.
 *
 * Columns are an index; what counts is read out of the bytes, through the same gate as a peer's. A
 * row whose id is not the hash of its payload is damage and stops whatever asked for it: a thread
 * with a torn message would give another view than the other side's.
 */

import {
  readMessage,
  type Exchanged,
  type ExchangeJournal,
  type Message,
  type StoredThread,
  type Thread,
} from "@tearline/core"
import { CryptoError, decode, kindOf, messageIdOf, signedParts, type Value } from "@tearline/crypto"
import type { ExchangeStore, LoadedMessage, LoadedThread } from "@tearline/store/exchange"

import { ExchangeError } from "./exchange-error.ts"
import { ReadMessages } from "./read-messages.ts"

type Fields = Readonly<Record<string, Value | undefined>>

function corrupt(loaded: Pick<LoadedMessage, "id">, cause?: unknown): ExchangeError {
  const message = `the stored message ${loaded.id} is damaged: restore it from a backup`
  return new ExchangeError("corrupt", message, { cause })
}

/** The kind that a stored message was signed as. Throws `corrupt`. */
export function kindOfStored(loaded: LoadedMessage): string {
  try {
    return kindOf(signedParts(loaded.signed).context)
  } catch (error) {
    throw corrupt(loaded, error)
  }
}

/** Shared by journal and desk. It changes no answer, only what an answer costs. */
const readMessages = new ReadMessages()

/** Reads one stored message. Throws `corrupt`. */
export function messageOf(loaded: LoadedMessage): Message {
  const message = readMessages.of(loaded.id, loaded, () => readStored(loaded))
  // The same statement may have travelled in another envelope.
  return message.digest === loaded.digest ? message : { ...message, digest: loaded.digest }
}

function readStored(loaded: LoadedMessage): Message {
  try {
    const { context, payload } = signedParts(loaded.signed)
    if (messageIdOf(payload) !== loaded.id) throw corrupt(loaded)
    const { statement: said } = decode(payload) as Fields
    const statement = said as Fields
    const read = readMessage(said, decode(loaded.part), {
      kind: kindOf(context),
      // What a row claims about its envelope was held against these when it came in.
      sender: statement["author"] as Message["statement"]["author"],
      precedence: statement["precedence"] as string,
    })
    if (read.kind === "refused") throw corrupt(loaded)
    return { id: loaded.id, digest: loaded.digest, statement: read.statement, part: read.part }
  } catch (error) {
    if (error instanceof CryptoError || error instanceof TypeError) throw corrupt(loaded, error)
    throw error
  }
}

/** The thread as the core knows it. Throws `corrupt`. */
export function threadOf(loaded: LoadedThread): Thread {
  const { id, originator, addressee, status } = loaded.head
  return {
    id,
    originator,
    addressee,
    status,
    messages: loaded.messages.map(messageOf),
    custody: loaded.custody,
    refusals: loaded.refusals,
  }
}

/** What is given back to a peer is what was signed, or nothing. Throws `corrupt`. */
function mustBeWhole(it: Exchanged): Exchanged {
  if (it.kind === "returned" && it.signed.length === 0) return it
  try {
    if (messageIdOf(signedParts(it.signed).payload) === it.id) return it
  } catch (error) {
    throw corrupt(it, error)
  }
  throw corrupt(it)
}

export function journalOver(store: ExchangeStore): ExchangeJournal {
  return {
    async thread(id): Promise<StoredThread | undefined> {
      const loaded = await store.loadThread(id)
      return loaded && { thread: threadOf(loaded), version: loaded.version }
    },
    threadOf: (digest, peer) => store.threadOf(digest, peer),
    link: (peer) => store.link(peer),
    exchanged: async (query) => (await store.exchanged(query)).map(mustBeWhole),
    sent: async (digest, peer) => {
      const sent = await store.sent(digest, peer)
      return sent && mustBeWhole(sent)
    },
    hasArrived: (digest) => store.hasArrived(digest),
    commit: (writes) => store.commit(writes),
  }
}
