/** What machines owe for each envelope: custody by the gateway, unsealing by the exchange. */

import { kindRule } from "../messages/kinds.ts"
import type { Message } from "../messages/statement.ts"
import type { Facts } from "./facts.ts"
import type { Obligation, ObligationEnd } from "./obligation.ts"
import { readingDueMs, receiptOf } from "./reading.ts"

function refusedEnd(facts: Facts, message: Message): ObligationEnd | null {
  const refusal = facts.refusalOf(message)
  return refusal ? { kind: "lapsed", by: refusal.digest, atMs: refusal.atMs } : null
}

function custody(facts: Facts, message: Message): Obligation {
  const heldMs = facts.custodyMs(message)
  // As stated, even when doubtful: measured from custody it could never have come late.
  const startMs = message.statement.atMs
  const held: ObligationEnd | null =
    heldMs === undefined ? null : { kind: "discharged", by: message.digest, atMs: heldMs }
  return {
    id: `custody/${message.id}`,
    rule: "custody",
    owedBy: facts.other(message.statement.author),
    bearer: "gateway",
    about: message.id,
    startMs,
    dueMs: startMs + (message.part.carriedWithinMs ?? facts.policy.custodyMs),
    end: held ?? refusedEnd(facts, message),
  }
}

function unsealed(facts: Facts, message: Message, startMs: number): Obligation {
  return {
    id: `unsealed/${message.id}`,
    rule: "unsealed",
    owedBy: facts.other(message.statement.author),
    bearer: "exchange",
    about: message.id,
    startMs,
    dueMs: startMs + facts.policy.unsealedMs,
    end: receiptOf(facts, message, "unsealed") ?? refusedEnd(facts, message),
  }
}

function read(facts: Facts, message: Message, startMs: number): Obligation {
  const { precedence, kind } = message.statement
  // Thanks and public lines come when the threat is over: nobody is to be hurried by its window.
  const isHurried = kindRule(kind)?.isOfThreat === true
  return {
    id: `read/${message.id}`,
    rule: "read",
    owedBy: facts.other(message.statement.author),
    bearer: "officer",
    about: message.id,
    startMs,
    dueMs: isHurried
      ? readingDueMs(facts, precedence, startMs)
      : startMs + facts.policy.readMs[precedence],
    end: receiptOf(facts, message, "read") ?? refusedEnd(facts, message),
  }
}

/** Custody for every message; unsealed and read where its kind asks for it. M-THR-11 to 13. */
export function carriageObligations(facts: Facts): Obligation[] {
  return facts.ordered.flatMap((message) => {
    const startMs = facts.custodyMs(message)
    const owesReading = kindRule(message.statement.kind)?.owesReading === true
    if (startMs === undefined || !owesReading) return [custody(facts, message)]
    return [
      custody(facts, message),
      unsealed(facts, message, startMs),
      read(facts, message, startMs),
    ]
  })
}
