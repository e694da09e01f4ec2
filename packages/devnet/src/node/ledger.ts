/** What the databases themselves hold, asked past the processes that wrote it. */

import type { Digest, Obligation, OrgId, ThreadId } from "@tearline/core"
import { type ExchangeStore, openExchangeStore } from "@tearline/store/exchange"

import type { Party } from "./network.ts"

/** One thread as a database has it. */
export interface Ledger {
  readonly thread: ThreadId
  readonly viewHash: string
  readonly obligations: readonly Obligation[]
  /** The envelopes of its messages. */
  readonly digests: readonly Digest[]
}

/** Every thread in a party's database. */
export async function ledgersOf(party: Party): Promise<readonly Ledger[]> {
  await using store = await storeOf(party)
  const heads = await store.threads({ limit: 100 })
  const ledgers: Ledger[] = []
  for (const { id, viewHash } of heads) {
    const loaded = await store.loadThread(id)
    const digests = loaded?.messages.map((it) => it.digest) ?? []
    ledgers.push({ thread: id, viewHash, obligations: await store.obligationsOf(id), digests })
  }
  return ledgers
}

/** How much of a thread, and of any thread, is in the database of one who has no part in it. */
export interface Trace {
  readonly threads: number
  readonly envelopes: number
}

/** Looks for these envelopes, and for threads at all. */
export async function traceOf(party: Party, digests: readonly Digest[]): Promise<Trace> {
  await using store = await storeOf(party)
  const heads = await store.threads({ limit: 100 })
  const peers = (await store.peers()).map((it) => it.org)
  let envelopes = 0
  for (const digest of digests) {
    const threads = await Promise.all(peers.map((peer) => store.threadOf(digest, peer)))
    const isHere = (await store.hasArrived(digest)) || threads.some((it) => it !== undefined)
    if (isHere) envelopes += 1
  }
  return { threads: heads.length, envelopes }
}

async function storeOf(party: Party): Promise<ExchangeStore & AsyncDisposable> {
  const url = await party.exchangeUrl()
  // An organisation's id, as the node's configuration has it.
  const store = await openExchangeStore(url, { org: party.node.org as OrgId })
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() })
}
