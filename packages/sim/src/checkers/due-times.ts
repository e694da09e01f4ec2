/**
 * What a sender must be able to see of each warning at each instant (I10), computed anew from the
 * table of design 4 and the rows of its disk, and not by the core's own rules.
 */

import type { Obligation, Statement } from "@tearline/core"

import type { MessageRow, ThreadRow } from "../disk/exchange-disk.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const readingMs: Readonly<Record<string, number>> = {
  FLASH: 15 * minute,
  IMMEDIATE: hour,
  PRIORITY: 8 * hour,
  ROUTINE: 3 * day,
}
const custodyMs = 2 * minute
const floorMs = 5 * minute

interface Window {
  readonly earliestMs?: number
  readonly latestMs?: number
}

function readDueMs(statement: Statement, custodyAtMs: number): number {
  const { earliestMs, latestMs } = (statement.content["window"] ?? {}) as Window
  const threatMs = earliestMs ?? latestMs
  const limitMs = readingMs[statement.precedence] ?? 0
  if (threatMs === undefined) return custodyAtMs + limitMs
  const capMs = Math.max(floorMs, Math.floor((threatMs - custodyAtMs) / 4))
  return custodyAtMs + Math.min(limitMs, capMs)
}

function dueFault(it: Obligation | undefined, dueMs: number): string | undefined {
  if (it === undefined || it.dueMs === dueMs) return undefined
  return `${it.rule} is due at ${it.dueMs} on the disk and at ${dueMs} by its signed times`
}

/** What is wrong with how this side keeps watch over its warning; undefined when nothing is. */
export function watchFault(
  row: ThreadRow,
  warning: MessageRow,
  statement: Statement,
): string | undefined {
  const { obligations } = row
  const custody = obligations.get(`custody/${warning.id}`)
  const read = obligations.get(`read/${warning.id}`)
  if (custody === undefined) return "nothing is owed for a released warning"
  const heldAtMs = row.custody.find((it) => it.digest === warning.digest)?.atMs
  const fault =
    dueFault(custody, statement.atMs + custodyMs) ??
    (heldAtMs === undefined ? undefined : dueFault(read, readDueMs(statement, heldAtMs)))
  if (fault !== undefined) return fault
  if (heldAtMs !== undefined && read === undefined) return "nobody owes the reading"
  if (row.refusals.some((it) => it.digest === warning.digest)) {
    return obligations.has(`mend/${warning.id}`) ? undefined : "refused, and nobody mends it"
  }
  return read === undefined ? custodyFault(custody) : endFault(row, read)
}

function custodyFault({ end }: Obligation): string | undefined {
  return end === null ? undefined : "custody ended without reading"
}

/** Acknowledged means that a receipt of the other side is on the disk. */
function endFault(row: ThreadRow, read: Obligation): string | undefined {
  if (read.end === null) return undefined
  if (read.end.kind !== "discharged") return "the reading lapsed and nothing was refused"
  const by = row.messages.find((it) => it.id === read.end?.by)
  if (by === undefined) return "acknowledged by a receipt that is not on the disk"
  return by.direction === "in" ? undefined : "acknowledged by ourselves"
}
