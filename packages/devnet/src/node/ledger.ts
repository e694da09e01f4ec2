/** What the databases themselves hold, asked past the processes that wrote it. */

import type { Digest, Obligation, OrgId, ThreadId } from "@tearline/core"
import { type ExchangeStore, openExchangeStore } from "@tearline/store/exchange"
import { openGatewayStore } from "@tearline/store/gateway"

import type { Party } from "./network.ts"

/** One thread as a database has it. */
export interface Ledger {
  readonly thread: ThreadId
  readonly viewHash: string
  /** The same, computed by the exchange from the messages as they are stored. */
  readonly readHash: string
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
    const { viewHash: readHash } = await party.node.desk.thread(id)
    const obligations = await store.obligationsOf(id)
    ledgers.push({ thread: id, viewHash, readHash, obligations, digests })
  }
  return ledgers
}

/** How much of a thread, and of any thread, is with one who has no part in it. */
export interface Trace {
  readonly threads: number
  /** Of the thread's envelopes: in the desk's database, and in the gateway's. */
  readonly envelopes: number
  readonly held: number
}

/** Looks for these envelopes in both databases, and for threads at all. */
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
  return { threads: heads.length, envelopes, held: await heldOf(party, digests) }
}

/** How many of these envelopes a party's gateway has given a custody receipt for. */
async function heldOf(party: Party, digests: readonly Digest[]): Promise<number> {
  const { gateway } = await party.databaseUrls()
  const store = await openGatewayStore(gateway)
  try {
    const receipts = await Promise.all(digests.map((digest) => store.custodyOf(digest)))
    return receipts.filter((it) => it !== undefined).length
  } finally {
    await store.close()
  }
}

async function storeOf(party: Party): Promise<ExchangeStore & AsyncDisposable> {
  const { exchange } = await party.databaseUrls()
  // An organisation's id, as the node's configuration has it.
  const store = await openExchangeStore(exchange, { org: party.node.org as OrgId })
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() })
}
