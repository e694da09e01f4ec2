/**
 * Everything in this package that reads bytes which somebody else may have made: for the fuzzer and
 * for nobody else. docs/decisions/0019-fuzzing.md.
 */

export { Admission } from "./admission.ts"
export { Departures } from "./departures.ts"
export { GatewayError } from "./gateway-error.ts"
export { readClosed, readPage, readSettled, readTaken } from "./inner-requests.ts"
export { type RunningListener, startListener } from "./listener.ts"
export { outerApp } from "./outer-listener.ts"
export { decodePeers, Peers } from "./peers.ts"
export { claimsOf, gatewaySuite } from "./suite.ts"
