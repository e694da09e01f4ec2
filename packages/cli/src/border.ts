/**
 * Everything in this package that reads bytes which somebody else may have made: for the fuzzer and
 * for nobody else. docs/decisions/0019-fuzzing.md.
 */

export { readBrought, readOpened, readTaken } from "./courier/answers.ts"
export { inviteIn } from "./invite.ts"
