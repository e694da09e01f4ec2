/** What a node's clock may do between two looks at it, and what a person must be told of it. */

import { alarmsOf, builtInPolicy, type Link, type NodeAlarm } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"
import { heartbeatMs } from "../node/times.ts"
import { countOf, type Lanes } from "./lanes.ts"

const minute = 60_000
const slewShare = 0.05

/** One look at a node's clock. */
export interface Look {
  /** True time, which the node does not know. */
  readonly trueMs: number
  readonly nodeMs: number
  /** How far the machine's wall clock is off. */
  readonly offsetMs: number
  /** At a start: the wall shows an earlier time than the node has written before. */
  readonly isBehind?: boolean
}

/** It never jumps, whatever the wall does; and a jump of the wall is shown. */
export function clockFault(before: Look, now: Look, isSuspect: boolean): string | undefined {
  const passedMs = now.trueMs - before.trueMs
  const shownMs = now.nodeMs - before.nodeMs
  if (shownMs < 0) return "shows an earlier time than before"
  if (Math.abs(shownMs - passedMs) > passedMs * slewShare + 5) {
    return `shows ${shownMs} ms more when ${passedMs} ms have passed`
  }
  const isJump = before.isBehind === true || Math.abs(now.offsetMs - before.offsetMs) > minute
  if (isJump === isSuspect) return undefined
  return isJump ? "hides that its wall clock has jumped" : "suspects a clock that has not jumped"
}

/** Numbers missing below one that is here, a thousand of a lane at most. */
function missingIn(rows: Link["held"]): number {
  const counts = rows.map((row) => {
    const [, last] = row.beyond.at(-1) ?? [0, row.upTo]
    return Math.min(1_000, last - countOf(row))
  })
  return counts.reduce((sum, it) => sum + it, 0)
}

function linkFault(link: Link, alarms: readonly NodeAlarm[], silentForMs: number | undefined) {
  const gaps = alarms.find((it) => it.kind === "gaps")
  const missing = missingIn(link.held)
  const told = link.toldHeld?.rows ?? []
  // What was given in an epoch before is not known here any more.
  const unheld = missingIn(told.filter((it) => it.epoch === link.epoch))
  if ((gaps?.missing ?? 0) !== missing || (gaps?.unheld ?? 0) !== unheld) {
    return `shows other gaps than ${missing} and ${unheld}`
  }
  return silenceFault(alarms, silentForMs)
}

function silenceFault(alarms: readonly NodeAlarm[], silentForMs: number | undefined) {
  if (silentForMs === undefined) return undefined
  const overMs = silentForMs - heartbeatMs - 2 * minute
  const isShown = alarms.some((it) => it.kind === "link-silent")
  if (Math.abs(overMs) < 1_000 || overMs > 0 === isShown) return undefined
  return isShown ? "calls a link silent that is not" : "does not show that a link is silent"
}

/** What a person who looks at the node's alarms now is not told, or told without a ground. */
export function alarmFault(own: Organisation, lanes: Lanes, nowMs: number): string | undefined {
  const terms = { own: own.org, intervalMs: heartbeatMs, policy: builtInPolicy }
  for (const [peer, { link }] of own.exchangeDisk.links) {
    const node = { isClockSuspect: false, storage: [], threads: [], links: [{ link, terms }] }
    const heardAtMs = lanes.of(own, peer).heardAtMs
    const silentForMs = heardAtMs === undefined ? undefined : nowMs - heardAtMs
    const fault = linkFault(link, alarmsOf(node, nowMs), silentForMs)
    if (fault !== undefined) return fault
  }
  return undefined
}
