/**
 * What a person at the node must be told unasked: the alarms out of what the node holds. They are
 * computed whenever somebody looks, and go when their ground does.
 */

import type { OrgId, PolicyHash, ThreadId } from "../ids.ts"
import type { Policy } from "../policy.ts"
import { factsOf } from "../thread/facts.ts"
import { isOverdue } from "../thread/obligation.ts"
import type { Thread } from "../thread/thread.ts"
import { beAliveOf, type AliveTerms } from "./alive.ts"
import { gapCount, unheldCount, type Link } from "./link.ts"
import { isPutOff } from "./restore.ts"

/** A ground for alarm in one thread. */
export interface ThreadAlarm {
  /**
   * Two messages under one number; due times from a policy that is not known here; or the thread
   * cannot be read back from where it is stored.
   */
  readonly kind: "conflict" | "unknown-policy" | "damaged"
  readonly thread: ThreadId
  readonly peer: OrgId
}

/** A database that fails one of the node's processes. */
export interface StorageAlarm {
  readonly kind: "storage"
  readonly process: "exchange" | "gateway"
  /** Of the failure: `disk_full`, `corrupt` and others. */
  readonly code: string
}

/** Nothing has come through the folders between exchange and gateway for longer than it may. */
export interface SeamAlarm {
  readonly kind: "seam-silent"
  readonly sinceMs: number
}

export type NodeAlarm =
  | { readonly kind: "clock-suspect" }
  | StorageAlarm
  | SeamAlarm
  | ThreadAlarm
  | { readonly kind: "link-silent"; readonly peer: OrgId; readonly sinceMs: number }
  /** The peer holds what this database has lost: nothing may be sealed to it before a new epoch. */
  | {
      readonly kind: "restored-without-epoch"
      readonly peer: OrgId
      readonly sinceMs: number
      /** Newer than the link's own: the clock may have been wrong when that was authorised. */
      readonly laterEpoch?: number
    }
  /** The peer was restored so often that giving back to it waits. */
  | { readonly kind: "restored-too-often"; readonly peer: OrgId; readonly untilMs: number }
  | {
      readonly kind: "gaps"
      readonly peer: OrgId
      /** Of the peer's numbers, and of ours at the peer. */
      readonly missing: number
      readonly unheld: number
    }

/** The alarms that one thread gives, as `own` sees it. */
export function alarmsOfThread(
  thread: Thread,
  { own, policy, policyHash }: { own: OrgId; policy: Policy; policyHash: PolicyHash },
): ThreadAlarm[] {
  const peer = thread.originator === own ? thread.addressee : thread.originator
  const isUnknown = thread.messages.some((it) => it.statement.policy !== policyHash)
  const isInConflict = factsOf(thread, policy).conflicts.length > 0
  const kinds = [isInConflict && "conflict", isUnknown && "unknown-policy"] as const
  return kinds.flatMap((kind) => (kind === false ? [] : [{ kind, thread: thread.id, peer }]))
}

export interface WatchedNode {
  readonly isClockSuspect: boolean
  readonly storage: readonly StorageAlarm[]
  readonly seam?: SeamAlarm | undefined
  readonly threads: readonly ThreadAlarm[]
  readonly links: readonly { readonly link: Link; readonly terms: AliveTerms }[]
}

/** Of a restore of this node that nobody has authorised, and of too many of the peer's. */
function restoreAlarms({ peer, rolledBack, peerRestore }: Link, nowMs: number): NodeAlarm[] {
  const alarms: NodeAlarm[] = []
  if (rolledBack !== undefined) {
    const { sinceMs, laterEpoch } = rolledBack
    const later = laterEpoch === undefined ? {} : { laterEpoch }
    alarms.push({ kind: "restored-without-epoch", peer, sinceMs, ...later })
  }
  if (peerRestore !== undefined && isPutOff(peerRestore, nowMs)) {
    const untilMs = peerRestore.notBeforeMs ?? nowMs
    alarms.push({ kind: "restored-too-often", peer, untilMs })
  }
  return alarms
}

function alarmsOfLink({ link, terms }: WatchedNode["links"][number], nowMs: number): NodeAlarm[] {
  const { peer } = link
  const [theirs] = beAliveOf(link, terms)
  const missing = gapCount(link)
  const unheld = unheldCount(link)
  return [
    ...restoreAlarms(link, nowMs),
    ...(isOverdue(theirs, nowMs)
      ? [{ kind: "link-silent", peer, sinceMs: theirs.startMs } as const]
      : []),
    ...(missing + unheld > 0 ? [{ kind: "gaps", peer, missing, unheld } as const] : []),
  ]
}

/** Everything that a person must be told at `nowMs`, the node's own clock and disks first. */
export function alarmsOf(node: WatchedNode, nowMs: number): NodeAlarm[] {
  return [
    ...(node.isClockSuspect ? [{ kind: "clock-suspect" } as const] : []),
    ...node.storage,
    ...(node.seam === undefined ? [] : [node.seam]),
    ...node.threads,
    ...node.links.flatMap((it) => alarmsOfLink(it, nowMs)),
  ]
}
