/**
 * What an episode came to, counted from the databases and not from what was shown.
 *
 * It is closed when every obligation has been discharged in time on both sides, every one that was
 * to arise did, the two sides hold the same thread, and the third holds nothing of it.
 */

import { isOverdue, type Obligation } from "@tearline/core"

import type { Ledger, Trace } from "../node/ledger.ts"
import { actOf, type Episode } from "./episode.ts"

export interface Books {
  readonly originator: readonly Ledger[]
  readonly addressee: readonly Ledger[]
  /** What the third party holds of the originator's thread. */
  readonly trace: Trace
  readonly nowMs: number
  readonly without?: string
}

export interface Verdict {
  /** `late`: all is discharged, not all of it in time. `unequal`: the sides do not agree. */
  readonly state: "closed" | "late" | "open" | "unequal"
  readonly obligations: number
  readonly discharged: number
  readonly overdue: number
  /** What is lacking, by the name of the obligation; absent when the episode is closed. */
  readonly lacking?: string
}

/** Of each row what both sides must have alike, however their databases keep it. */
function rowsOf({ obligations }: Ledger): readonly string[] {
  return obligations
    .map(({ id, rule, owedBy, dueMs, end }) => {
      const ended = end === null ? "open" : `${end.kind} ${end.by} ${end.atMs}`
      return `${id} ${rule} ${owedBy} ${dueMs} ${ended}`
    })
    .toSorted()
}

function dischargedIn(ledger: Ledger | undefined): number {
  return (ledger?.obligations ?? []).filter((it) => it.end?.kind === "discharged").length
}

/** Holds the books of the three against the episode. */
export function verdictOf(episode: Episode, books: Books): Verdict {
  const obligations = books.originator.flatMap((it) => it.obligations)
  const discharged = obligations.filter((it) => it.end?.kind === "discharged").length
  const overdue = obligations.filter((it) => isOverdue(it, books.nowMs)).length
  const counts = { obligations: obligations.length, discharged, overdue }
  const difference = differenceIn(books)
  if (difference !== undefined) return { state: "unequal", ...counts, lacking: difference }
  const lacking = lackingOf(episode, obligations, books)
  if (lacking === undefined) return { state: "closed", ...counts }
  const isAllDone = discharged === obligations.length && !lacking.includes(" ")
  return { state: isAllDone ? "late" : "open", ...counts, lacking }
}

/** The last line, by which a script can tell as well. */
export function lastLine(episode: Episode, verdict: Verdict): string {
  const { state, obligations, discharged, overdue, lacking } = verdict
  const counts = `${obligations} obligations, ${discharged} discharged, ${overdue} overdue`
  const line = `episode ${episode.name}: ${state}, ${counts}`
  return lacking === undefined ? line : `${line}: ${lacking}`
}

function differenceIn({ originator, addressee, trace }: Books): string | undefined {
  const [ours] = originator
  const [theirs] = addressee
  if (originator.length > 1 || addressee.length > 1) return "there is more than one thread"
  if (trace.threads + trace.envelopes + trace.held > 0) return "the third party holds a part of it"
  if (ours?.thread !== theirs?.thread) return "the two sides hold different threads"
  return ours === undefined || theirs === undefined ? undefined : differenceOf(ours, theirs)
}

/** Of one thread in two databases: its hash, what the hash is of, the counts, and row for row. */
function differenceOf(ours: Ledger, theirs: Ledger): string | undefined {
  if (ours.viewHash !== theirs.viewHash) return "the two sides see the thread differently"
  if ([ours, theirs].some((it) => it.readHash !== it.viewHash)) {
    return "a database's messages give another thread than its hash says"
  }
  if (ours.obligations.length !== theirs.obligations.length) return "the two sides count apart"
  if (dischargedIn(ours) !== dischargedIn(theirs)) return "the two sides discharge apart"
  const [row] = differing(rowsOf(ours), rowsOf(theirs))
  return row === undefined ? undefined : `the two sides differ in ${row.split(" ")[1]}`
}

function differing(one: readonly string[], other: readonly string[]): readonly string[] {
  const there = new Set(other)
  return one.filter((row) => !there.has(row))
}

/** First what the step left out would have done; then whatever else is late, open or never was. */
function lackingOf(
  episode: Episode,
  obligations: readonly Obligation[],
  { nowMs, without }: Books,
): string | undefined {
  const wanting = obligations
    .filter((it) => it.end?.kind !== "discharged" || isOverdue(it, nowMs))
    .toSorted((a, b) => a.dueMs - b.dueMs)
    .map((it) => it.rule)
  const absent = episode.expected.filter((rule) => obligations.every((it) => it.rule !== rule))
  const step = without === undefined ? undefined : actOf(episode, without)
  const [named] = step?.discharges.filter((rule) => wanting.includes(rule)) ?? []
  const [begun] = step?.starts.filter((rule) => absent.includes(rule)) ?? []
  const rule = named ?? (begun === undefined ? wanting[0] : undefined)
  if (rule !== undefined) return rule
  const never = begun ?? absent[0]
  return never === undefined ? undefined : `${never} never arose`
}
