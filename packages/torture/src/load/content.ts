/** What trial officers say: of ordinary form, plainly a trial, and small. */

const dayMs = 86_400_000

const filled = (text: string) => ({ state: "filled", text, language: "en", basis: "fact" })

/** A warning's content; `mark` tells one from another. */
export function trialWarning(mark: string): Record<string, unknown> {
  const nowMs = Date.now()
  return {
    title: `Trial warning ${mark}`,
    threatToLife: true,
    elements: {
      what: filled("an attack with explosives"),
      who: { state: "known-withheld" },
      where: filled("the market of Example Town"),
      when: filled("the feast day"),
      how: filled("explosives in a parked car"),
      "how-sure": filled("likely"),
      ask: filled("protect the market"),
    },
    marking: { tlp: "TLP:AMBER", pap: "PAP:GREEN" },

    loweredBecause: "a trial",
    window: {
      earliestMs: nowMs + 4 * dayMs,
      latestMs: nowMs + 5 * dayMs,
      basis: "a date that was named",
      timeZone: "UTC",
      atEnd: "ask us before you step down",
    },
  }
}

export interface Line {
  /** Which end of the thread says it. */
  readonly by: "originator" | "addressee"
  readonly kind: string
  readonly content: Readonly<Record<string, unknown>>
}

const where = { where: "the market" }

/** What is said about a warning, each by an act of its own. */
export const conversation: readonly Line[] = [
  { by: "addressee", kind: "receipt", content: { step: "read", role: "duty-officer" } },
  { by: "addressee", kind: "acceptance", content: { verdict: "accepted", owner: "desk-one" } },
  { by: "addressee", kind: "read-back", content: { understood: where } },
  { by: "originator", kind: "read-back-reply", content: { verdict: "agreed" } },
  { by: "addressee", kind: "action", content: { actions: ["surveillance"] } },
  { by: "addressee", kind: "reach", content: { reached: "yes" } },
  { by: "addressee", kind: "action", content: { actions: ["arrests"] } },
  { by: "addressee", kind: "window-decision", content: { decision: "closed", reason: "held" } },
]
