/** Of the loop that a warning opens: who takes it, what was understood, what is done about it. */

import { day, hour, minute, on, type Kind } from "./kind.ts"

const where = { where: "the market" }

const acceptance: Kind = {
  kind: "acceptance",
  by: "addressee",
  answers: ["warning"],
  habits: [
    on("warning", [0.5, 5 * minute, 6 * hour], {
      verdict: "accepted",
      owner: "counter-terrorism-desk",
    }),
    on("warning", [0.05, 5 * minute, 30 * hour], { verdict: "rejected", code: "not-competent" }),
  ],
  anew: [
    { verdict: "accepted", owner: "duty-desk" },
    { verdict: "rejected", code: "not-competent" },
  ],
  nonsense: [{ verdict: "accepted" }, { verdict: "rejected" }],
}

const mend: Kind = {
  kind: "mend",
  by: "originator",
  // A rejection, or whatever of the originator's the other side refused.
  answers: [
    "acceptance",
    "warning",
    "mend",
    "read-back-reply",
    "window-dissent",
    "thanks-reply",
    "public-line",
    "public-line-reply",
  ],
  habits: [
    on("acceptance", [0.2, 10 * minute, day], { how: "dropped", ground: "told by telephone" }),
  ],
  nonsense: [{ how: "dropped" }],
}

const readBack: Kind = {
  kind: "read-back",
  by: "addressee",
  answers: ["warning", "read-back-reply"],
  habits: [
    on("warning", [0.12, 5 * minute, 8 * hour], { understood: where }),
    on("read-back-reply", [0.2, 5 * minute, 8 * hour], { understood: where }),
  ],
  nonsense: [{}],
}

const readBackReply: Kind = {
  kind: "read-back-reply",
  by: "originator",
  answers: ["read-back"],
  habits: [
    on("read-back", [0.8, 5 * minute, 8 * hour], { verdict: "agreed" }),
    on("read-back", [0.1, 5 * minute, 8 * hour], { verdict: "corrected", corrections: where }),
  ],
  nonsense: [{ verdict: "corrected" }],
}

const action: Kind = {
  kind: "action",
  by: "addressee",
  answers: ["warning"],
  habits: [on("warning", [0.12, 10 * minute, 2 * day], { actions: ["surveillance"] })],
  nonsense: [{ actions: ["none"] }],
}

const reach: Kind = {
  kind: "reach",
  by: "addressee",
  answers: ["warning"],
  habits: [
    on("warning", [0.1, 10 * minute, day], { reached: "yes" }),
    on("warning", [0.02, 10 * minute, day], { reached: "no" }),
    on("warning", [0.02, 10 * minute, day], { reached: "withheld" }),
  ],
  nonsense: [{ reached: "perhaps" }],
}

const windowDecision: Kind = {
  kind: "window-decision",
  by: "addressee",
  answers: ["warning", "window-dissent"],
  habits: [
    on("warning", [0.04, day, 6 * day], { decision: "closed", reason: "those involved are held" }),
    on("warning", [0.02, day, 6 * day], (nowMs) => ({
      decision: "extended",
      untilMs: Math.floor(nowMs) + 2 * day,
      reason: "still likely",
    })),
    on("window-dissent", [0.5, 10 * minute, day], (nowMs) => ({
      decision: "extended",
      untilMs: Math.floor(nowMs) + day,
      reason: "as you say",
    })),
    on("window-dissent", [0.2, 10 * minute, day], {
      decision: "closed",
      reason: "all are held by now",
    }),
  ],
  nonsense: [{ decision: "extended", reason: "until when is not said" }, { decision: "closed" }],
}

const windowDissent: Kind = {
  kind: "window-dissent",
  by: "originator",
  answers: ["window-decision"],
  habits: [
    on("window-decision", [0.3, 10 * minute, day], { reason: "two of them are still looked for" }),
  ],
  nonsense: [{}],
}

export const handlingKinds: readonly Kind[] = [
  acceptance,
  mend,
  readBack,
  readBackReply,
  action,
  reach,
  windowDecision,
  windowDissent,
]
