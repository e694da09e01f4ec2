/** What an officer's act answers when they do not say so, and whether they may do it at all. */

import * as v from "valibot"

import type { MessageId, OrgId } from "../ids.ts"
import { kindRule, type KindRule } from "../messages/kinds.ts"
import type { Message } from "../messages/statement.ts"
import type { Policy } from "../policy.ts"
import { factsOf, type Facts } from "../thread/facts.ts"
import { windowSubject } from "../thread/handling-rules.ts"
import { partyOf, type Thread } from "../thread/thread.ts"
import { ActError, type Acted } from "./inputs.ts"

/** Kinds that machines send; an officer cannot. */
const automatic: readonly string[] = ["warning", "heartbeat", "restored", "returned"]

function ruleFor(thread: Thread, author: OrgId, { act }: Acted): KindRule {
  const rule = kindRule(act)
  if (rule === undefined || automatic.includes(act)) {
    throw new ActError("unknown_kind", `there is no act ${act}; see the list of acts`)
  }
  const party = partyOf(thread, author)
  if (party === undefined || !rule.by.includes(party)) {
    throw new ActError("not_entitled", `${act} is for the ${rule.by.join(" or the ")} to do`)
  }
  return rule
}

/** What of the other side's still waits for this kind of answer, oldest first. */
function unanswered(facts: Facts, author: OrgId, act: string, kinds: readonly string[]): Message[] {
  return facts.effective.filter(({ id, statement }) => {
    if (!kinds.includes(statement.kind) || statement.author === author) return false
    if (statement.kind === "public-line-reply" && statement.content["verdict"] === "agree") {
      return false
    }
    return facts.answersTo(id, act).every((it) => it.statement.author !== author)
  })
}

/** The oldest message that this side owes a reading of. */
function unread(facts: Facts, author: OrgId): Message | undefined {
  return facts.effective.find(
    ({ id, statement }) =>
      statement.author !== author &&
      kindRule(statement.kind)?.owesReading === true &&
      !facts
        .answersTo(id, "receipt")
        .some((it) => it.statement.author === author && it.statement.content["step"] === "read"),
  )
}

/** A correction of what we read back, which asks to be read back again. */
function correction(facts: Facts): Message | undefined {
  return facts
    .ofKind("read-back-reply")
    .findLast(
      ({ id, statement }) =>
        statement.content["verdict"] === "corrected" &&
        facts.answersTo(id, "read-back").length === 0,
    )
}

const replies: readonly string[] = [
  "read-back-reply",
  "window-dissent",
  "thanks-reply",
  "public-line-reply",
]

/** The message that an act takes up first, where it is not the warning. */
function takenUp(facts: Facts, author: OrgId, act: string, rule: KindRule): Message | undefined {
  if (act === "read-back") return correction(facts)
  if (act === "window-decision") return windowSubject(facts)
  if (act === "receipt") return unread(facts, author)
  if (!replies.includes(act)) return undefined
  const waiting = unanswered(facts, author, act, rule.answers)
  // A decision that was followed by another is past.
  return act === "window-dissent" ? waiting.at(-1) : waiting[0]
}

function mended(facts: Facts): Message | undefined {
  const last = facts.ofKind("acceptance").at(-1)
  return last?.statement.content["verdict"] === "rejected" ? last : facts.warning?.message
}

function ids(...messages: readonly (Message | undefined)[]): MessageId[] {
  return [...new Set(messages.flatMap((it) => (it === undefined ? [] : [it.id])))]
}

function usualAnswers(facts: Facts, author: OrgId, { act }: Acted, rule: KindRule): MessageId[] {
  if (act === "mend") return ids(mended(facts))
  const first = takenUp(facts, author, act, rule)
  const isAlone = act === "receipt" || replies.includes(act)
  return isAlone ? ids(first) : ids(first, facts.warning?.message)
}

/** An act that has been found in order: its kind, content and what it answers. */
export interface PlannedAct {
  readonly kind: string
  readonly content: Record<string, unknown>
  readonly answers: readonly MessageId[]
}

/**
 * Holds an act against the thread.
 *
 * @throws {ActError} When it is not this side's to do, answers nothing, or its content is
 *   malformed.
 */
export function planAct(thread: Thread, author: OrgId, acted: Acted, policy: Policy): PlannedAct {
  const rule = ruleFor(thread, author, acted)
  const facts = factsOf(thread, policy)
  const answers = acted.answers ?? usualAnswers(facts, author, acted, rule)
  const known = new Map(facts.effective.map((it) => [it.id, it.statement.kind]))
  const [first] = answers
  const isFitting = first !== undefined && answers.every((it) => known.has(it))
  const isRightKind =
    rule.answers.length === 0 || rule.answers.includes(known.get(first as MessageId) ?? "")
  if (!isFitting || !isRightKind) {
    throw new ActError("nothing_to_answer", `this thread holds nothing that ${acted.act} answers`)
  }
  return { kind: acted.act, answers, content: contentOf(acted, rule, first) }
}

function contentOf(acted: Acted, rule: KindRule, first: MessageId): Record<string, unknown> {
  const content = acted.act === "receipt" ? { ...acted.content, of: first } : acted.content
  const read = v.safeParse(rule.schema, content)
  if (!read.success) {
    const [issue] = read.issues
    const where = v.getDotPath(issue) ?? "content"
    throw new ActError("malformed_content", `${acted.act}: ${where}: ${issue.message}`)
  }
  if (acted.act === "receipt" && acted.content["step"] !== "read") {
    throw new ActError("not_entitled", "people give the receipt read; machines give the others")
  }
  return { ...(read.output as Record<string, unknown>) }
}
