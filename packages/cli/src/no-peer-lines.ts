/** What a node without peers shows: both halves of an introduction, in the order in which they go. */

import { asCalled, type Calling } from "./calling.ts"

const steps = [
  "no peer yet; it takes two people and one phone call:",
  "  give them your invite: tearline peer export --out FILE",
  "  add theirs:            tearline peer add INVITE",
]

export function noPeerLines(calling: Calling): readonly string[] {
  return steps.map((it) => asCalled(it, calling))
}
