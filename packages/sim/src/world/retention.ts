/** What is kept no longer, and the hash over all that is kept. */

import type { OrgId, ThreadId } from "@tearline/core"

import type { SlotRow, ThreadRow } from "../disk/exchange-rows.ts"
import type { Organisation } from "../node/organisation.ts"
import { livesOn } from "../people/long-lived.ts"
import { hashHex } from "../suite/suite.ts"
import type { World } from "./world.ts"

function partsOf(own: Organisation): string[] {
  const { threads, links, arrivals, outbox } = own.exchangeDisk
  return [
    own.name,
    ...[...threads].map(
      ([id, { head, obligations }]) => `${id} ${head.viewHash} ${obligations.size}`,
    ),
    ...[...links].map(([peer, { link }]) => `${peer} ${JSON.stringify(link)}`),
    ...arrivals.keys(),
    ...outbox.keys(),
    ...own.gatewayDisk.arrivals.keys(),
  ]
}

/** Over the durable state of every organisation. */
export function digestOfWorld(world: World): string {
  return hashHex([...world.organisations.values()].flatMap(partsOf).join("\n"))
}

/** How much longer threads of the sample live: past the last outcome that is owed. */
const livedOnMs = 190 * 86_400_000

/** Whether both sides have had this thread for longer than the limit. */
function isOld(world: World, own: Organisation, thread: ThreadId, beforeMs: number): boolean {
  const row = own.exchangeDisk.threads.get(thread)
  const untilMs = livesOn(thread) ? beforeMs - livedOnMs : beforeMs
  if (row === undefined || row.createdMs >= untilMs) return false
  const there = world.organisations.get(row.head.peer)?.exchangeDisk.threads.get(thread)
  return there === undefined || there.createdMs < untilMs
}

/** What came of the late outcomes of a thread that has lived on. */
function seeOutcomes(world: World, row: ThreadRow): void {
  const { nowMs } = world.schedule
  for (const { rule, dueMs, end } of row.obligations.values()) {
    if ((rule !== "outcome-30d" && rule !== "outcome-180d") || nowMs <= dueMs) continue
    const days = rule === "outcome-30d" ? "30" : "180"
    if (end === null) world.see(`outcome overdue after ${days} days`)
    else if (end.kind === "discharged") {
      world.see(`outcome told ${end.atMs > dueMs ? "late" : "in time"} after ${days} days`)
    }
  }
}

function forget(world: World, own: Organisation, thread: ThreadId): void {
  const { exchangeDisk } = own
  const row = exchangeDisk.threads.get(thread)
  if (row !== undefined && livesOn(thread)) seeOutcomes(world, row)
  for (const { digest } of row?.messages ?? []) {
    exchangeDisk.digests.delete(`${digest}/${row?.head.peer}`)
  }
  exchangeDisk.threads.delete(thread)
}

/** A place whose message went with its thread, however late it came, gives nothing back. */
function dropOrphans({ exchangeDisk }: Organisation, rows: Map<string, SlotRow>): void {
  for (const [key, { thread }] of rows) {
    if (thread !== null && !exchangeDisk.threads.has(thread)) rows.delete(key)
  }
}

/** The retention of everything older ends: rows go, and with them what the checkers know. */
export function retire(world: World, beforeMs: number): void {
  const retired = new Map<OrgId, Set<ThreadId>>()
  for (const own of world.organisations.values()) {
    const ids = [...own.exchangeDisk.threads.keys()]
    retired.set(own.org, new Set(ids.filter((it) => isOld(world, own, it, beforeMs))))
  }
  for (const own of world.organisations.values()) {
    for (const thread of retired.get(own.org) ?? []) forget(world, own, thread)
    const isPast = (atMs: number) => atMs < beforeMs
    const dropPast = <Row extends { readonly atMs: number }>(rows: Map<string, Row>) => {
      for (const [digest, { atMs }] of rows) if (isPast(atMs)) rows.delete(digest)
    }
    dropPast(own.exchangeDisk.arrivals)
    dropPast(own.exchangeDisk.receipts)
    dropPast(own.exchangeDisk.sent)
    dropOrphans(own, own.exchangeDisk.sent)
    for (const lane of own.exchangeDisk.slots.values()) {
      dropPast(lane)
      dropOrphans(own, lane)
    }
    // The two halves go by clocks of their own; what the one has forgotten the other does not give.
    const { arrivals } = own.gatewayDisk
    for (const digest of arrivals.keys()) {
      if (!own.exchangeDisk.arrivals.has(digest)) arrivals.delete(digest)
    }
    own.gatewayDisk.refused.length = 0
  }
  world.checkers.retire(beforeMs, (org, thread) => retired.get(org)?.has(thread) === true)
}
