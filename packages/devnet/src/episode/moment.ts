/** What the timeline shows: one moment of an episode after the other. */

import type { PartyName, Step, ActStep } from "./episode.ts"

/** An obligation of the thread, by rule and who owes it. */
export interface Due {
  readonly rule: string
  readonly by: PartyName
  readonly dueMs: number
  /** Until it is due, or was when it ended; less than nothing when it is late. */
  readonly leftMs: number
  /** Of a gateway, an exchange or an officer. */
  readonly bearer: string
}

export type Moment =
  | {
      readonly kind: "act"
      readonly atMs: number
      readonly step: ActStep
      readonly discharged: readonly Due[]
      /** What is owed after it, the soonest first. */
      readonly owed: readonly Due[]
    }
  | { readonly kind: "event"; readonly atMs: number; readonly step: Step }
  | {
      readonly kind: "skipped"
      readonly atMs: number
      readonly step: ActStep
      readonly why: "left-out" | "nothing-to-answer"
    }
  | { readonly kind: "overdue"; readonly atMs: number; readonly due: Due }
  /** Told when it begins; `atMs` is its end. */
  | { readonly kind: "passing"; readonly fromMs: number; readonly atMs: number }
