/** Reading and its time, on which owning, reading back and mending are measured. */

import type { Receipt } from "../messages/handling.ts"
import type { Message } from "../messages/statement.ts"
import type { Precedence } from "../vocabulary/precedence.ts"
import { cap, dueMs } from "./due.ts"
import type { Facts } from "./facts.ts"
import type { ObligationEnd } from "./obligation.ts"

/** A cap at `fraction` of the time to the threat, where the warning is here and has a window. */
export function capMs(facts: Facts, startMs: number, fraction: number): number | undefined {
  const { warning, policy } = facts
  return warning && cap(warning.content, startMs, fraction, policy)
}

/** Reading time of `precedence` from `startMs`, times `factor`, capped at a quarter of what is left. */
export function readingDueMs(
  facts: Facts,
  precedence: Precedence,
  startMs: number,
  factor = 1,
): number {
  const limitMs = facts.policy.readMs[precedence] * factor
  return dueMs(startMs, limitMs, capMs(facts, startMs, 1 / 4))
}

/** The end that a message makes as a discharge. */
export function dischargedBy(facts: Facts, message: Message): ObligationEnd {
  return { kind: "discharged", by: message.id, atMs: facts.timeOf(message) }
}

/** The discharge by the first receipt of `step` that the other side gave for `message`. */
export function receiptOf(
  facts: Facts,
  message: Message,
  step: Receipt["step"],
): ObligationEnd | null {
  const receipt = facts.answersTo(message.id, "receipt").find(({ statement }) => {
    const { author, content } = statement
    const isOther = author !== message.statement.author
    return isOther && content["step"] === step && content["of"] === message.id
  })
  return receipt ? dischargedBy(facts, receipt) : null
}
