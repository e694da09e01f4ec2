/** What people owe at the end: three outcomes, thanks relayed, a public line agreed. */

import { outcomePoints, type OutcomePoint } from "../messages/closing.ts"
import type { Message } from "../messages/statement.ts"
import type { Facts } from "./facts.ts"
import type { Obligation, ObligationEnd } from "./obligation.ts"
import { dischargedBy } from "./reading.ts"

/** The first action or the window's end, whichever comes first; that moment never moves. */
function outcomeStartMs(facts: Facts): number | undefined {
  const [action] = facts.ofKind("action")
  const times = [action && facts.timeOf(action), facts.warning?.content.window?.latestMs]
  const known = times.filter((it) => it !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function outcomeEnd(facts: Facts, point: OutcomePoint): ObligationEnd | null {
  const outcome = facts
    .ofKind("outcome")
    .find(({ statement }) => statement.content["point"] === point || statement.content["final"])
  if (outcome) return dischargedBy(facts, outcome)
  const last = facts.ofKind("acceptance").at(-1)
  if (last?.statement.content["verdict"] !== "rejected") return null
  return { kind: "lapsed", by: last.id, atMs: facts.timeOf(last) }
}

function outcomes(facts: Facts): Obligation[] {
  const startMs = outcomeStartMs(facts)
  const { warning, policy, thread } = facts
  if (startMs === undefined || warning === undefined) return []
  return outcomePoints.map((point) => ({
    id: `outcome-${point}/${warning.message.id}`,
    rule: `outcome-${point}`,
    owedBy: thread.addressee,
    bearer: "officer",
    about: warning.message.id,
    startMs,
    dueMs: startMs + policy.outcomeMs[point],
    end: outcomeEnd(facts, point),
  }))
}

function relayThanks(facts: Facts): Obligation[] {
  return facts.ofKind("thanks").flatMap((thanks) => {
    const startMs = facts.custodyMs(thanks)
    if (startMs === undefined) return []
    const [reply] = facts.answersTo(thanks.id, "thanks-reply")
    return [
      {
        id: `relay-thanks/${thanks.id}`,
        rule: "relay-thanks",
        owedBy: facts.thread.originator,
        bearer: "officer",
        about: thanks.id,
        startMs,
        dueMs: startMs + facts.policy.relayThanksMs,
        end: reply ? dischargedBy(facts, reply) : null,
      } satisfies Obligation,
    ]
  })
}

/** The embargo that holds for a line: its own, or that of the line which it objects to. */
function embargoMs(facts: Facts, line: Message): number {
  let at: Message | undefined = line
  while (at !== undefined) {
    const { content, answers }: Message["statement"] = at.statement
    if (typeof content["embargoUntilMs"] === "number") return content["embargoUntilMs"]
    at = content["verdict"] === "object" ? facts.byId(answers[0]) : undefined
  }
  return Number.POSITIVE_INFINITY
}

/** Whatever puts the line before the other party: a proposal, an objection, an amendment. */
function isProposal({ statement }: Message): boolean {
  if (statement.kind === "public-line") return true
  return statement.kind === "public-line-reply" && statement.content["verdict"] !== "agree"
}

function agreePublicLine(facts: Facts): Obligation[] {
  const { policy } = facts
  return facts.effective.filter(isProposal).flatMap((line) => {
    const startMs = facts.custodyMs(line)
    if (startMs === undefined) return []
    const { author } = line.statement
    const replies = [
      ...facts.answersTo(line.id, "public-line-reply"),
      ...facts.answersTo(line.id, "public-line"),
    ].filter((it) => it.statement.author !== author)
    const [reply] = replies
    const limitMs = Math.min(startMs + policy.publicLineMs, embargoMs(facts, line))
    return [
      {
        id: `agree-public-line/${line.id}`,
        rule: "agree-public-line",
        owedBy: facts.other(author),
        bearer: "officer",
        about: line.id,
        startMs,
        dueMs: Math.max(limitMs, startMs + policy.capFloorMs),
        end: reply ? dischargedBy(facts, reply) : null,
      } satisfies Obligation,
    ]
  })
}

export function closingObligations(facts: Facts): Obligation[] {
  return [...outcomes(facts), ...relayThanks(facts), ...agreePublicLine(facts)]
}
