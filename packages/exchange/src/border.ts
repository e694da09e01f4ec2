/**
 * Everything in this package that reads bytes which somebody else may have made: for the fuzzer and
 * for nobody else. docs/decisions/0019-fuzzing.md.
 */

export { readAnswers } from "./carried-answers.ts"
export { depart, readCarried } from "./departure.ts"
export { readAct, readIntroduction, readRelease } from "./desk/requests.ts"
export { ExchangeError } from "./exchange-error.ts"
export { framesOf, readFrame } from "./frames.ts"
export { GatewayLine } from "./gateway-line.ts"
export { hashing } from "./hashing.ts"
export { decodeInvite, encodeInvite, verify } from "./invite.ts"
export { laneOfUnit } from "./lane-of-unit.ts"
export { fromOpenerBytes, readFromOpener } from "./opener/pipe.ts"
export { pastVerifierOf } from "./past.ts"
export { lateAnswers } from "./seam/late-answers.ts"
export { requestOf } from "./seam/mover.ts"
export { StorageTrouble } from "./storage-trouble.ts"
