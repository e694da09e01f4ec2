/** The next input out of those that were worth keeping: one to four changes, by grammar or blind. */

import type { Random } from "@tearline/sim"

import type { Target } from "../target.ts"
import { changeBytes, spliced } from "./byte-mutation.ts"
import { changeCbor, grafted } from "./cbor-mutation.ts"
import { changeJson, changeLines } from "./text-mutation.ts"

/** Chance of a blind change where the grammar would do: it breaks what the grammar cannot. */
const blind = 0.15
const spliceShare = 0.1

function changedOnce(target: Target, input: Uint8Array, random: Random): Uint8Array {
  if (random.isLucky(blind)) return changeBytes(input, random)
  const { grammar, words } = target
  switch (grammar) {
    case "cbor":
      return changeCbor(input, random, words) ?? changeBytes(input, random)
    case "json":
      return changeJson(input, random, words) ?? changeLines(input, random, words)
    case "text":
      return changeLines(input, random, words)
  }
}

function joinedWith(target: Target, input: Uint8Array, donor: Uint8Array, random: Random) {
  return target.grammar === "cbor" && random.isLucky(0.8)
    ? grafted(input, donor, random)
    : spliced(input, donor, random)
}

/** A new input made of `input` and, now and then, of `donor`. */
export function mutated(
  target: Target,
  { input, donor }: { readonly input: Uint8Array; readonly donor: Uint8Array },
  random: Random,
): Uint8Array {
  let next = random.isLucky(spliceShare) ? joinedWith(target, input, donor, random) : input
  const changes = 1 + Math.min(3, Math.floor(random.exponential(0.7)))
  for (let done = 0; done < changes; done += 1) next = changedOnce(target, next, random)
  return next.length > target.bytesMax ? next.subarray(0, target.bytesMax) : next
}
