/** What a hostile peer says in threads that it may speak in: each is one end's to say, or nobody's. */

export interface Said {
  readonly kind: string
  readonly content: Readonly<Record<string, unknown>>
}

/** Only an addressee says these; the hostile peer says them of its own warning. */
export const ofAddressees: readonly Said[] = [
  { kind: "acceptance", content: { verdict: "accepted", owner: "desk" } },
  { kind: "read-back", content: { understood: { where: "the market" } } },
  { kind: "action", content: { actions: ["surveillance"] } },
  { kind: "reach", content: { reached: "yes" } },
  { kind: "window-decision", content: { decision: "closed", reason: "so it is told" } },
  { kind: "outcome", content: { point: "24h", result: "prevented-arrest", final: true } },
  { kind: "thanks", content: { level: "chief", text: "to ourselves" } },
]

/** Only an originator says these; the hostile peer says them of a warning that it was given. */
export const ofOriginators: readonly Said[] = [
  { kind: "mend", content: { how: "dropped", ground: "never mind" } },
  { kind: "read-back-reply", content: { verdict: "agreed" } },
  { kind: "window-dissent", content: { reason: "it goes on" } },
  { kind: "thanks-reply", content: { result: "relayed" } },
]

/** In order as to who says it, and answering what it cannot answer: kept, and of no effect. */
export const misplaced: readonly Said[] = [
  { kind: "window-decision", content: { decision: "closed", reason: "so it is told" } },
  { kind: "acceptance", content: { verdict: "accepted", owner: "desk" } },
  { kind: "outcome", content: { point: "24h", result: "prevented-arrest", final: true } },
]

/** Text that reads otherwise than it is. */
export const deceiving = "a plain title \u202E and what stands behind it"
