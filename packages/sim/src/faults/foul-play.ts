/**
 * What a hostile peer sends: in threads that it may speak in, each is one end's to say, or
 * nobody's.
 */

import type { Lane, MessageId, OrgId, Statement, Status, ThreadId } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import type { Content, Kind } from "../people/kind.ts"
import { mayAnswer, repertoire } from "../people/repertoire.ts"

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

/** Only an addressee says these; the hostile peer says them of its own warning. */
export const ofAddressees: readonly Kind[] = repertoire.filter(
  (it) => it.by === "addressee" && mayAnswer(it, "warning"),
)

export const accepting = ofAddressees[0] as Kind

/** Only an originator says these; the hostile peer says them of a warning that it was given. */
export const ofOriginators: readonly Kind[] = repertoire.filter(
  (it) => it.by === "originator" && it.answers.length > 0,
)

/** In order as to who says it, and answering what it cannot answer: kept, and of no effect. */
export function misplacedOn(answered: string): readonly Kind[] {
  return ofAddressees.filter((it) => !mayAnswer(it, answered))
}

/** A line to the press, which its author then agrees to. */
export const publicLine: Content = {
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
