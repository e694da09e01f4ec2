/** What people owe from custody to the window's end: own, mend, read back, act, reach, decide. */

import type { Message } from "../messages/statement.ts"
import { dueMs } from "./due.ts"
import type { Facts } from "./facts.ts"
import type { Obligation, ObligationEnd, ObligationRule } from "./obligation.ts"
import { capMs, dischargedBy, readingDueMs } from "./reading.ts"

type WarningFact = NonNullable<Facts["warning"]>

const content = (message: Message | undefined, key: string): unknown =>
  message?.statement.content[key]

/** The acceptance that counts: of one author the higher number wins. */
function acceptanceOf(facts: Facts): Message | undefined {
  return facts.ofKind("acceptance").at(-1)
}

/** An officer's obligation about `about`, owed by the addressee unless said otherwise. */
function owed(
  facts: Facts,
  rule: ObligationRule,
  about: Message,
  rest: Pick<Obligation, "startMs" | "dueMs" | "end"> & {
    owedBy?: Obligation["owedBy"]
    turn?: number
  },
): Obligation {
  const { owedBy = facts.thread.addressee, turn, ...times } = rest
  const id = turn === undefined ? `${rule}/${about.id}` : `${rule}/${about.id}/${turn}`
  return { id, rule, owedBy, bearer: "officer", about: about.id, ...times }
}

/** What a rejection leaves the addressee owing: nothing; the originator then mends. */
function lapse(facts: Facts): ObligationEnd | null {
  const acceptance = acceptanceOf(facts)
  if (content(acceptance, "verdict") !== "rejected" || acceptance === undefined) return null
  return { kind: "lapsed", by: acceptance.id, atMs: facts.timeOf(acceptance) }
}

function first(facts: Facts, messages: readonly Message[]): ObligationEnd | null {
  const [message] = messages
  return message ? dischargedBy(facts, message) : null
}

function own(facts: Facts, { message }: WarningFact, startMs: number): Obligation {
  const accepted = facts.ofKind("acceptance").filter((it) => content(it, "verdict") === "accepted")
  return owed(facts, "own", message, {
    startMs,
    dueMs: readingDueMs(facts, message.statement.precedence, startMs, facts.policy.ownFactor),
    end: lapse(facts) ?? first(facts, accepted),
  })
}

function mendAbout(facts: Facts, about: Message, startMs: number): Obligation {
  const precedence = facts.warning?.message.statement.precedence ?? about.statement.precedence
  return owed(facts, "mend", about, {
    owedBy: facts.thread.originator,
    startMs,
    dueMs: readingDueMs(facts, precedence, startMs),
    end: first(facts, facts.answersTo(about.id, "mend")),
  })
}

/** What a later acceptance makes of the mending of an earlier rejection: it is no longer owed. */
function overtaken(facts: Facts, rejection: Message): ObligationEnd | null {
  const last = acceptanceOf(facts)
  if (last === undefined || last.id === rejection.id) return null
  return { kind: "lapsed", by: last.id, atMs: facts.timeOf(last) }
}

/** Each rejection, and each refused message of the originator but a receipt. */
function mends(facts: Facts): Obligation[] {
  const rejected = facts
    .ofKind("acceptance")
    .filter((it) => content(it, "verdict") === "rejected")
    .map((it) => {
      const owing = mendAbout(facts, it, facts.timeOf(it))
      return { ...owing, end: owing.end ?? overtaken(facts, it) }
    })
  const refused = facts.ordered.flatMap((message) => {
    const refusal = facts.refusalOf(message)
    const isOriginators = message.statement.author === facts.thread.originator
    return refusal && isOriginators && message.statement.kind !== "receipt"
      ? [mendAbout(facts, message, refusal.atMs)]
      : []
  })
  return [...rejected, ...refused]
}

function readBack(facts: Facts, about: Message, startMs: number): Obligation {
  const precedence = facts.warning?.message.statement.precedence ?? about.statement.precedence
  return owed(facts, "read-back", about, {
    startMs,
    dueMs: readingDueMs(facts, precedence, startMs, facts.policy.ownFactor),
    end: first(facts, facts.answersTo(about.id, "read-back")) ?? lapse(facts),
  })
}

/** Reading back, agreeing to it, and reading back again after each correction. */
function readBacks(facts: Facts, { message }: WarningFact, startMs: number): Obligation[] {
  const agreements = facts.ofKind("read-back").map((it) => {
    const beganMs = facts.timeOf(it)
    return owed(facts, "agree-read-back", it, {
      owedBy: facts.thread.originator,
      startMs: beganMs,
      dueMs: readingDueMs(facts, message.statement.precedence, beganMs),
      end: first(facts, facts.answersTo(it.id, "read-back-reply")),
    })
  })
  const again = facts
    .ofKind("read-back-reply")
    .filter((it) => content(it, "verdict") === "corrected")
    .map((it) => readBack(facts, it, facts.timeOf(it)))
  return [readBack(facts, message, startMs), ...agreements, ...again]
}

function act(facts: Facts, { message }: WarningFact): Obligation[] {
  const accepted = facts.ofKind("acceptance").find((it) => content(it, "verdict") === "accepted")
  if (accepted === undefined) return []
  const startMs = facts.timeOf(accepted)
  return [
    owed(facts, "act", message, {
      startMs,
      dueMs: dueMs(startMs, facts.policy.actMs, capMs(facts, startMs, 1 / 2)),
      end: first(facts, facts.ofKind("action")) ?? lapse(facts),
    }),
  ]
}

/** `no` keeps it open: the people who can protect have still not been told. */
function reach(facts: Facts, warning: WarningFact, startMs: number): Obligation[] {
  if (!warning.content.threatToLife) return []
  const done = facts.ofKind("reach").filter((it) => content(it, "reached") !== "no")
  const { precedence } = warning.message.statement
  return [
    owed(facts, "reach", warning.message, {
      startMs,
      dueMs: capMs(facts, startMs, 1 / 4) ?? readingDueMs(facts, precedence, startMs),
      end: first(facts, done) ?? lapse(facts),
    }),
  ]
}

/** Until when something is to be decided, in which turn, and what the decision answers. */
interface WindowTurn {
  readonly about: Message
  readonly turn: number
  readonly startMs: number
  readonly dueMs: number
}

/** What a decision leaves to be decided: again where it is dissented from, or at an extension's end. */
function nextTurn(facts: Facts, last: WindowTurn, decision: Message): WindowTurn | undefined {
  const [dissent] = facts.answersTo(decision.id, "window-dissent")
  if (dissent !== undefined) {
    const startMs = facts.timeOf(dissent)
    const { precedence } = dissent.statement
    return { about: dissent, turn: 1, startMs, dueMs: readingDueMs(facts, precedence, startMs) }
  }
  if (content(decision, "decision") !== "extended") return undefined
  const startMs = facts.timeOf(decision)
  return { ...last, turn: last.turn + 1, ...endingAt(facts, startMs, content(decision, "untilMs")) }
}

function endingAt(
  facts: Facts,
  startMs: number,
  endMs: unknown,
): Pick<WindowTurn, "startMs" | "dueMs"> {
  return { startMs, dueMs: Math.max(Number(endMs), startMs + facts.policy.capFloorMs) }
}

/**
 * One decision at the window's latest time, again at each extension's end, and for each dissent;
 * the last is the one that stands. Without a latest time the first has no end.
 */
function windowTurns(facts: Facts, { message, content: warning }: WarningFact): WindowTurn[] {
  const endMs = warning.window?.latestMs ?? Number.POSITIVE_INFINITY
  const turns: WindowTurn[] = []
  let next: WindowTurn | undefined = {
    about: message,
    turn: 1,
    ...endingAt(facts, facts.timeOf(message), endMs),
  }
  while (next !== undefined) {
    turns.push(next)
    const decision = decisionIn(facts, next)
    next = decision && nextTurn(facts, next, decision)
  }
  return turns
}

function decisionIn(facts: Facts, { about, turn }: WindowTurn): Message | undefined {
  return facts.answersTo(about.id, "window-decision")[turn - 1]
}

/** What a decision on the window is to answer now: the warning, or a dissent from an earlier one. */
export function windowSubject(facts: Facts): Message | undefined {
  return facts.warning && windowTurns(facts, facts.warning).at(-1)?.about
}

function decideWindow(facts: Facts, warning: WarningFact): Obligation[] {
  const isTimeless = warning.content.window?.latestMs === undefined
  return windowTurns(facts, warning)
    .filter(({ about }) => !isTimeless || about !== warning.message)
    .map((it) => {
      const decision = decisionIn(facts, it)
      const { about, ...times } = it
      const end = decision ? dischargedBy(facts, decision) : lapse(facts)
      return owed(facts, "decide-window", about, { ...times, end })
    })
}

export function handlingObligations(facts: Facts): Obligation[] {
  const { warning } = facts
  if (warning === undefined) return []
  const startMs = facts.custodyMs(warning.message)
  const fromCustody =
    startMs === undefined
      ? []
      : [
          own(facts, warning, startMs),
          ...readBacks(facts, warning, startMs),
          ...reach(facts, warning, startMs),
        ]
  return [...fromCustody, ...act(facts, warning), ...decideWindow(facts, warning), ...mends(facts)]
}
