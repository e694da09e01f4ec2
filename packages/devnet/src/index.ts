/**
 * Three organisations on one machine, every process a process, and episodes played on them.
 *
 * `src/main.ts` is `npm start`, `src/episode/main.ts` is `npm run episode`. Only their mains give
 * the gateways and exchanges that they start another clock than the system's.
 */

export { episodeNames, episodeOf } from "./episode/catalogue.ts"
export { type Episode, momentOf, readEpisode, type Step } from "./episode/episode.ts"
export { perform, type Performance } from "./episode/performance.ts"
export { type Network, openNetwork, type Party } from "./node/network.ts"
export { type Ledger, ledgersOf, traceOf } from "./node/ledger.ts"
export { type Books, type Verdict, verdictOf } from "./episode/verdict.ts"
