/**
 * Refusals as an oracle: only a declared class with a declared code, and nothing in its words, or
 * in those of its causes, that the input brought.
 */

import { BrokenProperty, type Outcome } from "./target.ts"

/** Stands in the samples where content or a secret would; must never come back in an error. */
export const canary = "canary-7c1e"

interface Coded extends Error {
  readonly code: string
}

type ErrorClass = abstract new (...args: never[]) => Coded

/** What a target may be refused with: codes for each class of error. */
export type Declared = readonly (readonly [ErrorClass, readonly string[]])[]

/** The outcome of a refusal, or the error itself where it is none that was declared. */
function refusal(error: unknown, declared: Declared): Outcome {
  const found = declared.find(([kind]) => error instanceof kind)
  if (found === undefined) throw error
  const { code, message } = error as Coded
  if (!found[1].includes(code)) throw new BrokenProperty(`refused with an undeclared code: ${code}`)
  mustSayNothing(error)
  // Numbers in words are offsets and lengths: too many to tell ways apart by.
  return { isAccepted: false, feature: `${code}: ${message.replaceAll(/\d+/g, "#").slice(0, 80)}` }
}

/** No word of the input in an error or in what caused it. */
function mustSayNothing(error: unknown): void {
  for (let it = error, depth = 0; it instanceof Error && depth < 8; it = it.cause, depth += 1) {
    if (it.message.includes(canary))
      throw new BrokenProperty("an error repeats what the input said")
  }
}

/** Runs a decoder whose refusals are the declared ones. */
export function decided(read: () => Outcome, declared: Declared): Outcome {
  try {
    return read()
  } catch (error) {
    return refusal(error, declared)
  }
}

/** As {@link decided}, for what answers later. */
export async function decidedLater(
  read: () => Promise<Outcome>,
  declared: Declared,
): Promise<Outcome> {
  try {
    return await read()
  } catch (error) {
    return refusal(error, declared)
  }
}

export function accepted(feature = "accepted"): Outcome {
  return { isAccepted: true, feature }
}
