/**
 * What simulated people do when they have read a message.
 *
 * A new kind of message is said from the moment that a line here says so. Whoever may say it, and
 * what it starts and ends, the checkers state a second time: `checkers/entitled.ts`, `wording.ts`,
 * `said-in.ts` and `owed.ts`. `share` is how often a diligent officer does it; `delayMs` is spread
 * evenly over orders of magnitude.
 */

import type { Party } from "@tearline/core"

export interface Habit {
  /** The kind of message that was read. */
  readonly on: string
  readonly as: Party | "either"
  readonly act: string
  readonly share: number
  readonly delayMs: readonly [min: number, max: number]
  /** Comes so late that only threads of the sample that lives on are still there. */
  readonly isOfMonths?: boolean
  readonly content: (nowMs: number) => Readonly<Record<string, unknown>>
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const line = {
  stances: { originator: "no-comment", addressee: "attribute" },
  texts: { en: "Thanks to a partner an attack was prevented." },
  method: "declined",
  answersFor: "each-for-itself",
}

const amended = { ...line, verdict: "amend", method: "own-text" }

const where = { where: "the market" }
const read = { step: "read", role: "duty-officer" }

export const repertoire: readonly Habit[] = [
  habit("warning", "addressee", ["receipt", 0.93, 2 * minute, 2 * hour], () => read),
  habit("warning", "addressee", ["acceptance", 0.5, 5 * minute, 6 * hour], () => ({
    verdict: "accepted",
    owner: "counter-terrorism-desk",
  })),
  habit("warning", "addressee", ["acceptance", 0.05, 5 * minute, 30 * hour], () => ({
    verdict: "rejected",
    code: "not-competent",
  })),
  habit("warning", "addressee", ["read-back", 0.12, 5 * minute, 8 * hour], () => ({
    understood: where,
  })),
  habit("warning", "addressee", ["action", 0.12, 10 * minute, 2 * day], () => ({
    actions: ["surveillance"],
  })),
  habit("warning", "addressee", ["reach", 0.1, 10 * minute, day], () => ({ reached: "yes" })),
  habit("warning", "addressee", ["reach", 0.02, 10 * minute, day], () => ({ reached: "no" })),
  habit("warning", "addressee", ["reach", 0.02, 10 * minute, day], () => ({ reached: "withheld" })),
  habit("warning", "addressee", ["window-decision", 0.04, day, 6 * day], () => ({
    decision: "closed",
    reason: "those involved are held",
  })),
  habit("warning", "addressee", ["window-decision", 0.02, day, 6 * day], (nowMs) => ({
    decision: "extended",
    untilMs: Math.floor(nowMs) + 2 * day,
    reason: "still likely",
  })),
  habit("warning", "addressee", ["outcome", 0.08, day, 9 * day], () => ({
    point: "24h",
    result: "prevented-arrest",
    final: true,
  })),
  habit("warning", "addressee", ["outcome", 0.03, day, 9 * day], () => ({
    point: "24h",
    result: "unresolved",
  })),
  {
    ...habit("warning", "addressee", ["outcome", 0.6, 16 * day, 36 * day], () => ({
      point: "30d",
      result: "prevented-deterred",
    })),
    isOfMonths: true,
  },
  {
    ...habit("warning", "addressee", ["outcome", 0.5, 120 * day, 190 * day], () => ({
      point: "180d",
      result: "prevented-arrest",
    })),
    isOfMonths: true,
  },
  habit("warning", "addressee", ["thanks", 0.03, day, 9 * day], () => ({
    level: "chief",
    text: "Thanks to those who obtained it.",
  })),
  habit("warning", "either", ["public-line", 0.01, day, 8 * day], () => line),
  habit("warning", "either", ["public-line", 0.01, day, 8 * day], (nowMs) => ({
    ...line,
    embargoUntilMs: Math.floor(nowMs) + 3 * hour,
  })),
  habit("acceptance", "originator", ["mend", 0.2, 10 * minute, day], () => ({
    how: "dropped",
    ground: "told by telephone",
  })),
  habit("window-decision", "originator", ["window-dissent", 0.3, 10 * minute, day], () => ({
    reason: "two of them are still looked for",
  })),
  habit("window-dissent", "addressee", ["window-decision", 0.5, 10 * minute, day], (nowMs) => ({
    decision: "extended",
    untilMs: Math.floor(nowMs) + day,
    reason: "as you say",
  })),
  habit("window-dissent", "addressee", ["window-decision", 0.2, 10 * minute, day], () => ({
    decision: "closed",
    reason: "all are held by now",
  })),
  habit("read-back", "originator", ["read-back-reply", 0.8, 5 * minute, 8 * hour], () => ({
    verdict: "agreed",
  })),
  habit("read-back", "originator", ["read-back-reply", 0.1, 5 * minute, 8 * hour], () => ({
    verdict: "corrected",
    corrections: where,
  })),
  habit("read-back-reply", "addressee", ["read-back", 0.2, 5 * minute, 8 * hour], () => ({
    understood: where,
  })),
  habit("thanks", "originator", ["receipt", 0.9, 5 * minute, day], () => read),
  habit("thanks", "originator", ["thanks-reply", 0.8, hour, 5 * day], () => ({
    result: "relayed",
  })),
  habit("public-line", "either", ["receipt", 0.9, 5 * minute, day], () => read),
  habit("public-line", "either", ["public-line-reply", 0.6, hour, day], () => ({
    verdict: "agree",
  })),
  habit("public-line", "either", ["public-line-reply", 0.2, hour, day], () => ({
    verdict: "object",
    reason: "name nobody",
  })),
  habit("public-line", "either", ["public-line-reply", 0.1, hour, day], () => amended),
  habit("public-line-reply", "either", ["public-line-reply", 0.3, hour, day], () => ({
    verdict: "agree",
  })),
  habit("public-line-reply", "either", ["public-line-reply", 0.1, hour, day], () => ({
    verdict: "object",
    reason: "name nobody at all",
  })),
]

/** What officers decide of a warning a second time. */
export const anew: readonly Habit[] = [
  habit("warning", "addressee", ["acceptance", 1, hour, day], () => ({
    verdict: "accepted",
    owner: "duty-desk",
  })),
  habit("warning", "addressee", ["acceptance", 1, hour, day], () => ({
    verdict: "rejected",
    code: "not-competent",
  })),
]

function habit(
  on: string,
  as: Habit["as"],
  [act, share, min, max]: readonly [string, number, number, number],
  content: Habit["content"],
): Habit {
  return { on, as, act, share, delayMs: [min, max], content }
}
