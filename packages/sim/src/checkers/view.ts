/**
 * What a thread's view is, hashed a second time out of signed statements and receipts: both sides'
 * hashes are equal also when both leave out the same, so that equality alone proves little.
 */

import type { MessageId, OrgId } from "@tearline/core"

import type { ThreadRow } from "../disk/exchange-rows.ts"
import { hashHex } from "../suite/suite.ts"
import { owedIn } from "./owed.ts"
import type { SaidIn, Utterance } from "./said-in.ts"

const hour = 3_600_000

type Conflict = readonly [OrgId, number, number, readonly MessageId[]]

const placeOf = ({ statement: { author }, part: { epoch, number } }: Utterance) =>
  [author, epoch, number] as const

/** Messages under one number of their author, and several warnings whatever their numbers. */
function conflictsIn(said: SaidIn): Conflict[] {
  const places = Map.groupBy(said.all, (it) => placeOf(it).join("/"))
  const conflicts = [...places.values()].flatMap((it): Conflict[] => {
    const [first, second] = it
    return first && second ? [[...placeOf(first), it.map(({ id }) => id)]] : []
  })
  const warnings = said.of("warning")
  const [, second] = warnings
  const ids = warnings.map(({ id }) => id)
  return second ? [...conflicts, [...placeOf(second), ids]] : conflicts
}

function isDoubtful(said: SaidIn, it: Utterance): boolean {
  const { atMs } = it.statement
  const heldMs = said.custodyMs(it) ?? atMs
  return heldMs - atMs > hour + (it.part.carriedWithinMs ?? 0) || atMs - heldMs > hour
}

function viewHash(row: ThreadRow, said: SaidIn): string {
  const owed = [...owedIn(row, said)]
    .toSorted(([one, a], [other, b]) => a.dueMs - b.dueMs || (one < other ? -1 : 1))
    .map(([id, { owedBy, startMs, dueMs, end }]) => {
      return [id, owedBy, startMs, dueMs, end && [end.kind, end.by, end.atMs]]
    })
  const waiting = said.all.flatMap((it) => {
    const absent = said.awaitedBy(it)
    return absent === undefined ? [] : [[it.id, absent]]
  })
  const doubtful = said.all.filter((it) => isDoubtful(said, it)).map((it) => it.id)
  const ids = said.all.map((it) => it.id)
  const { id } = row.head.thread
  return hashHex(JSON.stringify([id, ids, owed, conflictsIn(said), waiting, doubtful]))
}

/** Whether the hash on the disk is not that of a thread of which everything is explained. */
export function viewFault(row: ThreadRow, said: SaidIn): string | undefined {
  if (viewHash(row, said) === row.head.viewHash) return undefined
  return "the hash of a view is not that of what it shows"
}
