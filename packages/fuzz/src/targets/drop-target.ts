/** A file in a drop folder, as anybody may have left it there. */

import { decodeDrop, encodeDrop, type Drop } from "@tearline/core"

import { canary } from "../refusal.ts"
import { hold, type Outcome, type Target } from "../target.ts"
import { alder, birch } from "./organisations.ts"

const encoder = new TextEncoder()
const headBytes = 46

function run(input: Uint8Array): Outcome {
  const drop = decodeDrop(input)
  if (drop === undefined)
    return { isAccepted: false, feature: `malformed ${input.length < headBytes}` }
  hold(Buffer.compare(encodeDrop(drop), input) === 0, "a file taken is written again byte for byte")
  return { isAccepted: true, feature: `${drop.kind} ${drop.lane}` }
}

export async function openDrop(): Promise<Target> {
  const drop = { from: alder.id, to: birch.id }
  const drops: readonly Drop[] = [
    { ...drop, kind: "unit", lane: 0, content: encoder.encode(canary) },
    { ...drop, kind: "custody", lane: 3, content: new Uint8Array() },
    { ...drop, kind: "refusal", lane: 1, content: new Uint8Array(9) },
  ]
  return {
    name: "drop",
    bytesMax: 1_400_000,
    grammar: "text",
    words: ["TLDROP1\n", "\u0000\u0000\u0000\u0000", "\u00ff\u00ff\u00ff\u00ff"],
    seeds: drops.map(encodeDrop),
    run,
    grown: (count) =>
      encodeDrop({ ...drop, kind: "unit", lane: 2, content: new Uint8Array(count * 200) }),
  }
}
