/**
 * One step of the exchange in the making: what it has read, changed and will write.
 *
 * Every change to a thread or link goes through here, so that its version, its obligations and its
 * hash are written whenever it is.
 */

import type { Clock, Chance, Hashing } from "../host/ports.ts"
import type { OrgId, PolicyHash, ThreadId } from "../ids.ts"
import type { Link } from "../link/link.ts"
import type { Policy } from "../policy.ts"
import { viewHashOf } from "../thread/identity.ts"
import type { Obligation } from "../thread/obligation.ts"
import type { Thread } from "../thread/thread.ts"
import { isClosed, type ThreadView } from "../thread/view.ts"
import type { ExchangeOutput } from "./inputs.ts"
import type { HeldThread, Memory } from "./memory.ts"
import type { ExchangeJournal, ExchangeWrite, PastVerifier, Sealer } from "./ports.ts"

/** What the exchange's machine stands on. */
export interface ExchangePorts {
  readonly own: OrgId
  readonly journal: ExchangeJournal
  readonly sealer: Sealer
  readonly past: PastVerifier
  readonly hashing: Hashing
  readonly clock: Clock
  /** Randomness of thread nonces, and of nothing else. */
  readonly chance: Chance
  readonly policy: Policy
  /** The carrier's agreed time to a peer, in milliseconds; null where it is the policy's. */
  readonly withinMs?: (peer: OrgId) => number | null
}

/** Ports with what is computed from them once. */
export interface Desk extends ExchangePorts {
  readonly policyHash: PolicyHash
  readonly memory: Memory
}

/**
 * A peer's time as it counts here: never further ahead than its clock may be wrong. Its custody
 * starts most of what it owes, and would otherwise put all of that into a year when nobody looks.
 * The two sides then differ, in view; the receipt is kept as it was signed.
 */
export function credible(desk: Desk, statedMs: number): number {
  const nowMs = desk.clock.nowMs()
  return statedMs - nowMs > desk.policy.doubtMs ? nowMs : statedMs
}

/** Whether this says that one row of the journal is not as it was written. */
export function isDamage(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "corrupt"
}

export interface Turn {
  readonly writes: ExchangeWrite[]
  readonly outputs: ExchangeOutput[]
  /** Threads that this step has changed, as each was before. */
  readonly changed: Map<ThreadId, HeldThread | undefined>
}

export function newTurn(): Turn {
  return { writes: [], outputs: [], changed: new Map() }
}

function sameObligation(a: Obligation, b: Obligation | undefined): boolean {
  return (
    b !== undefined &&
    a.startMs === b.startMs &&
    a.dueMs === b.dueMs &&
    a.end?.kind === b.end?.kind &&
    a.end?.by === b.end?.by &&
    a.end?.atMs === b.end?.atMs
  )
}

/** A late message can show that a thing was never owed: then it must not stay open in any inbox. */
function withdrawn(left: Iterable<Obligation>, nowMs: number): Obligation[] {
  return [...left]
    .filter((it) => it.end === null)
    .map((it) => ({ ...it, end: { kind: "lapsed", by: it.about, atMs: nowMs } }))
}

function changedObligations(
  before: ThreadView | undefined,
  after: ThreadView,
  nowMs: number,
): readonly Obligation[] {
  if (before === undefined) return after.obligations
  const left = new Map(before.obligations.map((it) => [it.id, it]))
  const changed = after.obligations.filter((it) => {
    const known = left.get(it.id)
    left.delete(it.id)
    return !sameObligation(it, known)
  })
  return left.size === 0 ? changed : [...changed, ...withdrawn(left.values(), nowMs)]
}

/** Keeps the thread's new state in memory; it is written once, when the step is done. */
export function putThread(
  desk: Desk,
  turn: Turn,
  before: HeldThread | undefined,
  after: Thread,
): void {
  desk.memory.keepThread(after, (before?.version ?? 0) + 1)
  if (!turn.changed.has(after.id)) turn.changed.set(after.id, before)
  turn.outputs.push({ kind: "show", thread: after.id })
}

/** Writes of each thread that the step has changed its head and what changed in what is owed. */
export async function writeThreads(desk: Desk, turn: Turn): Promise<void> {
  for (const [id, before] of turn.changed) {
    const held = await desk.memory.thread(id)
    if (held !== undefined) writeThread(desk, turn, before, held)
  }
}

function writeThread(
  desk: Desk,
  turn: Turn,
  before: HeldThread | undefined,
  { thread, view, version }: HeldThread,
): void {
  let viewHash: string | undefined
  turn.writes.push({
    kind: "thread",
    thread: view.thread,
    peer: thread.originator === desk.own ? thread.addressee : thread.originator,
    expectedVersion: before?.version ?? null,
    version: version ?? 1,
    // Made when somebody reads it: of several heads of one turn only the last is written.
    get viewHash() {
      return (viewHash ??= viewHashOf(desk.hashing, view))
    },
    isClosed: isClosed(view),
  })
  for (const obligation of changedObligations(before?.view, view, desk.clock.nowMs())) {
    turn.writes.push({ kind: "obligation", thread: thread.id, obligation })
  }
}

/** Changes a thread that is there; does nothing when `change` leaves it as it is. */
export async function changeThread(
  desk: Desk,
  turn: Turn,
  id: ThreadId,
  change: (thread: Thread) => Thread,
): Promise<void> {
  const before = await desk.memory.thread(id)
  if (before === undefined) return
  const after = change(before.thread)
  if (after !== before.thread) putThread(desk, turn, before, after)
}

/** Changes the link to a peer, which is made where there is none. */
export async function changeLink(
  desk: Desk,
  turn: Turn,
  peer: OrgId,
  change: (link: Link) => Link,
): Promise<void> {
  const { link, version: expectedVersion } = await desk.memory.link(peer, desk.clock.nowMs())
  const version = (expectedVersion ?? 0) + 1
  const after = change(link)
  desk.memory.keepLink({ link: after, version })
  turn.writes.push({ kind: "link", link: after, expectedVersion, version })
}
