/** What the databases hold after an episode, in words. */

import type { Ledger, Trace } from "../node/ledger.ts"
import { hanging } from "./timeline.ts"
import type { Books } from "./verdict.ts"

/** A few lines for each organisation, none of them longer than `columns`. */
export function tallyLines(
  { originator, addressee, trace }: Books,
  columns: number,
): readonly string[] {
  return [
    ...hanging("Alder's database: ", ledgerLine(originator), columns),
    ...hanging("Birch's database: ", ledgerLine(addressee), columns),
    ...hanging("Cedar's databases: ", traceLine(trace), columns),
  ]
}

function ledgerLine([ledger]: readonly Ledger[]): string {
  if (ledger === undefined) return "no thread"
  const { obligations, viewHash } = ledger
  const people = obligations.filter((it) => it.bearer === "officer").length
  const discharged = obligations.filter((it) => it.end?.kind === "discharged").length
  const borne = `(${obligations.length - people} of machines, ${people} of people)`
  const hash = viewHash.slice(0, 16)
  return `${obligations.length} obligations ${borne}, ${discharged} discharged, thread hash ${hash}`
}

function traceLine({ threads, envelopes, held }: Trace): string {
  return `${threads} threads, ${envelopes + held} of the thread's envelopes`
}
