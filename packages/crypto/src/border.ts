/**
 * Everything in this package that reads bytes which somebody else may have made, and what makes
 * such bytes: for the fuzzer and for nobody else.
 *
 * A decoder that is not reached from here or from `index.ts` is not fuzzed, so that a new one
 * belongs here. docs/decisions/0019-fuzzing.md.
 */

export { audienceOver } from "./audience.ts"
export { bodyBytesFor, openBody, sealBody } from "./body.ts"
export { type Header, decodeHeader, encodeHeader } from "./header.ts"
export { openWith, sealTo } from "./kem.ts"
export { framed, paddedBytes, unframed } from "./padding.ts"
export { decodeSlot, openSlot, type Slot } from "./slot.ts"
export { bodyKeyOf, commitmentOf, sha256 } from "./suite.ts"
export { decodeUnit, encodeUnit, unitsOver } from "./unit.ts"
