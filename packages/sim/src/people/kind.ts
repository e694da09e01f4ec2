/** What simulated people know of one kind of message: all that the simulator needs to try it. */

import type { Party } from "@tearline/core"

export type Content = Readonly<Record<string, unknown>>

/** How often a diligent officer does something, and how long after reading what calls for it. */
interface Moment {
  readonly share: number
  /** Spread evenly over orders of magnitude. */
  readonly afterMs: readonly [min: number, max: number]
}

export interface Habit extends Moment {
  /** The kind of message that was read. */
  readonly on: string
  readonly content: (nowMs: number) => Content
  /** Comes so late that only threads of the sample that lives on are still there. */
  readonly isOfMonths?: boolean
}

export interface Kind {
  readonly kind: string
  /** Which end of a thread says it (I5); what machines say on the link is no officer's to do. */
  readonly by: Party | "either" | "machines"
  /** One of these is the first that it answers (M-THR-6); empty: whatever, or nothing. */
  readonly answers: readonly string[]
  /** The other side owes that it is unsealed and read; when an officer reads it. */
  readonly reading?: Moment
  /** It tells of the threat itself: reading it is capped by the time that is left. */
  readonly isOfThreat?: boolean
  readonly habits: readonly Habit[]
  /** What is decided otherwise, now and then, by an organisation that comes back from a backup. */
  readonly anew?: readonly Content[]
  /** What nobody may send under this name, tried by those who may say it. */
  readonly nonsense?: readonly Content[]
}

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

/** A habit of saying `content` on reading a message of the kind `on`. */
export function on(
  read: string,
  [share, min, max]: readonly [share: number, minMs: number, maxMs: number],
  content: Content | ((nowMs: number) => Content),
): Habit {
  const said = typeof content === "function" ? content : () => content
  return { on: read, share, afterMs: [min, max], content: said }
}
