/**
 * What a hostile peer sends: in threads that it may speak in, each is one end's to say, or
 * nobody's.
 */

import type { Lane, MessageId, OrgId, Statement, Status, ThreadId } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"

/** What is sent, when the plain valid thing is not meant. */
export interface Crafted {
  readonly statement?: Partial<Statement> | Readonly<Record<string, unknown>>
  readonly part?: Readonly<Record<string, unknown>>
  readonly lane?: Lane
  /** Of the slot alone; else both are the same. */
  readonly slotLane?: Lane
  readonly number?: number
  readonly epoch?: number
  /** Sealed to somebody else, and brought to the target all the same. */
  readonly addressee?: OrgId
  /** What reads it breaks on it. */
  readonly isPoison?: boolean
}

/** A thread in which the hostile peer has a place. */
export interface Place {
  readonly thread: ThreadId
  readonly nonce: string
  readonly warning: MessageId
  readonly status: Status
}

export interface Trick {
  readonly rare: string
  readonly weight: number
  readonly isRefused: boolean
  readonly craft: (target: Organisation) => readonly Crafted[]
}

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

/** A line to the press, which its author then agrees to. */
export const publicLine: Said["content"] = {
  stances: { originator: "no-comment", addressee: "no-comment" },
  texts: { en: "Nothing is known of it." },
  method: "declined",
  answersFor: "each-for-itself",
}

/** Text that reads otherwise than it is. */
export const deceiving = "a plain title \u202E and what stands behind it"

/** In good order, and of no harm. */
export const plainWarning = {
  title: "A warning that may be a trap",
  threatToLife: false,
  elements: Object.fromEntries(
    ["what", "who", "where", "when", "how", "how-sure", "ask"].map((it) => [
      it,
      { state: "unknown" },
    ]),
  ),
  marking: { tlp: "TLP:AMBER", pap: "PAP:GREEN" },
}
