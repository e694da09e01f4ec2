/** Who owes whom what by when: the only thing in the system that keeps time. */

import type { Digest, MessageId, OrgId } from "../ids.ts"

/** What can be owed, by the names that inbox, timeline and specification use. */
export const obligationRules = [
  "custody",
  "unsealed",
  "read",
  "own",
  "mend",
  "read-back",
  "agree-read-back",
  "act",
  "reach",
  "decide-window",
  "outcome-24h",
  "outcome-30d",
  "outcome-180d",
  "relay-thanks",
  "agree-public-line",
] as const
export type ObligationRule = (typeof obligationRules)[number]

/** Which part of the organisation owes it. */
export type Bearer = "gateway" | "exchange" | "officer"

/** How it ended: done, or no longer owed because of what `by` says. */
export interface ObligationEnd {
  readonly kind: "discharged" | "lapsed"
  readonly by: MessageId | Digest
  readonly atMs: number
}

export interface Obligation {
  /** The same on both nodes: the rule, what it is about, and a turn where a rule comes again. */
  readonly id: string
  readonly rule: ObligationRule
  readonly owedBy: OrgId
  readonly bearer: Bearer
  readonly about: MessageId
  /** It has not arisen before this; all times in milliseconds. */
  readonly startMs: number
  readonly dueMs: number
  readonly end: ObligationEnd | null
}

/** Whether it is owed at `nowMs`. */
export function isOpen(it: Pick<Obligation, "startMs" | "end">, nowMs: number): boolean {
  return it.end === null && it.startMs <= nowMs
}

/** Whether it was not met in time: still open past its due time, or discharged after it. */
export function isOverdue(it: Pick<Obligation, "dueMs" | "end">, nowMs: number): boolean {
  if (it.end === null) return nowMs > it.dueMs
  return it.end.kind === "discharged" && it.end.atMs > it.dueMs
}
