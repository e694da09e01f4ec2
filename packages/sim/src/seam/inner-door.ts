/** What an exchange asks of its gateway, whatever lies between the two. */

import type { AnsweredUnit, Digest, HeldArrival, OrgId } from "@tearline/core"

import type { HandedAnswer } from "../node/opening.ts"

/** A stream of arrivals, by which whoever follows it knows it again. */
export interface Feed {
  end(): void
}

/** The gateway as its exchange meets it, by a line or through folders. */
export interface InnerDoor {
  readonly life: { readonly isOver: boolean }
  depart(to: OrgId, unit: Uint8Array, done: (answer: HandedAnswer | undefined) => void): void
  answers(): Promise<readonly AnsweredUnit[]>
  settled(units: readonly AnsweredUnit[]): Promise<void>
  openFeed(): Feed
  /** Null for a sign of life, undefined at the end. */
  next(feed: Feed): Promise<HeldArrival | null | undefined>
  taken(digests: readonly Digest[]): Promise<void>
}
