/** The end of most scenarios: let everything come to rest, reckon up, and say it in one line. */

import type { Party } from "../node/party.ts"
import type { Outcome, Run } from "../scenario.ts"
import type { Ledger } from "./ledger.ts"
import { reckon } from "./reckoning.ts"
import { settled } from "./settled.ts"

const settleMsMax = 180_000

export interface Judged {
  /** What was done, for the summary: `50 power cuts`. */
  readonly what: string
  readonly nodes: readonly Party[]
  readonly ledger: Ledger
  /** What else does not hold, found on the way. */
  readonly wrong?: readonly string[]
  readonly figures?: Readonly<Record<string, unknown>>
}

/**
 * Waits for rest, reckons, and gives the outcome: what is `wrong` already stays wrong. The nodes
 * must be running. Throws when the run is asked to stop, and what reading the databases throws.
 */
export async function judgement(run: Run, judged: Judged): Promise<Outcome> {
  const { what, nodes, ledger, wrong: before = [], figures = {} } = judged
  run.progress("letting everything come to rest")
  const isSettled = await settled(nodes, {
    limitMs: settleMsMax,
    signal: run.signal,
    onLook: (underway) => run.progress(`coming to rest: ${underway} under way`),
  })
  run.signal.throwIfAborted()
  run.progress("reckoning up")
  const { lost, wrong, messages, threads } = await reckon(ledger, nodes)
  const { acknowledged, unanswered } = ledger
  run.note(`${messages} messages in ${threads} threads; ${unanswered} acts were never answered`)
  const idle = acknowledged > 0 ? [] : ["nothing was acknowledged, so that nothing was tried"]
  const restless = isSettled ? [] : ["something was still under way at the end"]
  return {
    lost: lost.length,
    wrong: [...before, ...lost, ...idle, ...restless, ...wrong],
    summary: `${what}, ${acknowledged} acknowledged, ${lost.length} lost`,
    figures: { ...figures, acknowledged, unanswered, messages, threads },
  }
}
