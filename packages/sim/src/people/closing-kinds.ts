/** Of the end of the loop: what came of a warning, thanks, and what the press is told. */

import { day, hour, minute, on, type Kind } from "./kind.ts"

const readInADay = { share: 0.9, afterMs: [5 * minute, day] } as const

const outcome: Kind = {
  kind: "outcome",
  by: "addressee",
  answers: ["warning"],
  habits: [
    on("warning", [0.08, day, 9 * day], {
      point: "24h",
      result: "prevented-arrest",
      final: true,
    }),
    on("warning", [0.03, day, 9 * day], { point: "24h", result: "unresolved" }),
    {
      ...on("warning", [0.6, 16 * day, 36 * day], { point: "30d", result: "prevented-deterred" }),
      isOfMonths: true,
    },
    {
      ...on("warning", [0.5, 120 * day, 190 * day], { point: "180d", result: "prevented-arrest" }),
      isOfMonths: true,
    },
  ],
  nonsense: [{ point: "24h" }, { point: "90d", result: "unresolved" }],
}

const thanks: Kind = {
  kind: "thanks",
  by: "addressee",
  answers: ["warning"],
  reading: readInADay,
  habits: [
    on("warning", [0.03, day, 9 * day], {
      level: "chief",
      text: "Thanks to those who obtained it.",
    }),
  ],
  nonsense: [{ level: "chief" }],
}

const thanksReply: Kind = {
  kind: "thanks-reply",
  by: "originator",
  answers: ["thanks"],
  habits: [on("thanks", [0.8, hour, 5 * day], { result: "relayed" })],
  nonsense: [{ result: "perhaps" }],
}

const line = {
  stances: { originator: "no-comment", addressee: "attribute" },
  texts: { en: "Thanks to a partner an attack was prevented." },
  method: "declined",
  answersFor: "each-for-itself",
}

const publicLine: Kind = {
  kind: "public-line",
  by: "either",
  answers: ["warning", "public-line-reply"],
  reading: readInADay,
  habits: [
    on("warning", [0.01, day, 8 * day], line),
    on("warning", [0.01, day, 8 * day], (nowMs) => ({
      ...line,
      embargoUntilMs: Math.floor(nowMs) + 3 * hour,
    })),
  ],
  nonsense: [{ ...line, method: "perhaps" }],
}

const publicLineReply: Kind = {
  kind: "public-line-reply",
  by: "either",
  answers: ["public-line", "public-line-reply"],
  habits: [
    on("public-line", [0.6, hour, day], { verdict: "agree" }),
    on("public-line", [0.2, hour, day], { verdict: "object", reason: "name nobody" }),
    on("public-line", [0.1, hour, day], { ...line, verdict: "amend", method: "own-text" }),
    on("public-line-reply", [0.3, hour, day], { verdict: "agree" }),
    on("public-line-reply", [0.1, hour, day], {
      verdict: "object",
      reason: "name nobody at all",
    }),
  ],
  nonsense: [{ verdict: "object" }, { verdict: "amend" }],
}

export const closingKinds: readonly Kind[] = [
  outcome,
  thanks,
  thanksReply,
  publicLine,
  publicLineReply,
]
