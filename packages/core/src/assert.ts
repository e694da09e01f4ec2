/** Thrown when this code is wrong, never when a peer, an operator, a clock or a disk is. */
export class AssertionError extends Error {
  override name = "AssertionError"
}

/** Stops the step when `condition` does not hold; `claim` says what must. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new AssertionError(claim)
}

/** The value, where its absence would be our mistake. */
export function present<T>(value: T | undefined | null, claim: string): T {
  assert(value !== undefined && value !== null, claim)
  return value
}
