/**
 * The exchange's door to the desk's database: threads, links, obligations, the outbox, the peers.
 *
 * It gives back exact bytes as they were written; reading them into messages is the exchange's
 * work.
 */

export {
  type DeskCounts,
  type ExchangeStore,
  type ExchangeStoreOptions,
  openExchangeStore,
} from "./store.ts"
export {
  type Crowd,
  type CrowdQuery,
  type OpenObligation,
  type OpenObligationQuery,
} from "./obligation.ts"
export { type ClaimedItem } from "./outbox.ts"
export { type ExchangePeer } from "./peer.ts"
export { type LoadedMessage, type LoadedThread, type ThreadSummary } from "./thread.ts"
