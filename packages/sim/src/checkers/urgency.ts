/**
 * That nothing waits behind what is less urgent: watched where an exchange hands units to its
 * gateway, and where a gateway gives arrivals to its exchange.
 */

import type { Digest, HeldArrival, Outbox, OutboxItem, OrgId } from "@tearline/core"

import type { Organisation } from "../node/organisation.ts"

/** A queue that is nearly full gives back what has no room; who waits is then not known here. */
const roomMax = 250

const minute = 60_000
/** An attempt may hang for a while before the next interval begins. */
const slackMs = 10 * minute

/** How many may go at once, and how long until a peer that failed is tried again, at most. */
interface Bounds {
  readonly flash: number
  readonly flashMax: number
  readonly max: number
}

interface Held {
  readonly item: OutboxItem
  readonly sinceMs: number
  /** A FLASH that came when nothing was under way to its peer: in this event the peer is tried. */
  readonly mustTryIn: number
  isFlying: boolean
  /** The event in which it left the outbox: whoever sent it may not know before the next. */
  goneIn: number | undefined
}

type Fail = (message: string) => void

/** How many events have run, and what time it is. */
interface Course {
  readonly ran: number
  readonly nowMs: number
}

/** What one run of an exchange has in hand, by peer. */
export class InHand {
  readonly #byPeer = new Map<OrgId, Map<string, Held>>()
  readonly #peerOf = new Map<string, OrgId>()
  /** When something last went to each peer. */
  readonly #tried = new Map<OrgId, Course>()
  /** Peers to which no line goes: what is under way to them is not known here. */
  readonly #carried = new Set<OrgId>()
  readonly #bounds: Bounds
  readonly #fail: Fail
  readonly #course: Course

  constructor(bounds: Bounds, course: Course, fail: Fail) {
    this.#bounds = bounds
    this.#course = course
    this.#fail = fail
  }

  add(item: OutboxItem): void {
    const held = this.#byPeer.get(item.peer) ?? new Map<string, Held>()
    this.#byPeer.set(item.peer, held)
    this.#peerOf.set(item.id, item.peer)
    if (held.has(item.id)) return
    const { ran, nowMs: sinceMs } = this.#course
    // What is under way may be the one attempt that an outage is given.
    const isBusy = this.#carried.has(item.peer) || held.values().some((it) => it.isFlying)
    const mustTryIn = item.lane === 0 && !isBusy ? ran : 0
    held.set(item.id, { item, sinceMs, mustTryIn, isFlying: false, goneIn: undefined })
  }

  drop(id: string): void {
    const peer = this.#peerOf.get(id)
    if (peer === undefined) return
    this.#peerOf.delete(id)
    this.#byPeer.get(peer)?.delete(id)
  }

  /** Has left the outbox, durably. */
  gone(id: string): void {
    const peer = this.#peerOf.get(id)
    const held = peer && this.#byPeer.get(peer)?.get(id)
    if (held) held.goneIn = this.#course.ran
  }

  /** Goes to the gateway now; gives what to call when nobody has taken it. */
  handed(item: OutboxItem): () => void {
    this.add(item)
    const held = this.#byPeer.get(item.peer) as Map<string, Held>
    if (item.lane > 0 && held.size < roomMax) this.#mustBeFirst(item, held)
    const own = held.get(item.id) as Held
    own.isFlying = true
    this.#note(item.peer)
    // What was taken keeps its place until that is durable, and it is dropped.
    return () => {
      own.isFlying = false
    }
  }

  /** Is laid out for a carrier. */
  carried({ peer }: OutboxItem): void {
    this.#carried.add(peer)
    this.#note(peer)
  }

  #note(peer: OrgId): void {
    const { ran, nowMs } = this.#course
    this.#tried.set(peer, { ran, nowMs })
  }

  /** A peer to which something is to go, and that is not tried as often as it should be. */
  untried(nowMs: number): string | undefined {
    const { flashMax, max } = this.#bounds
    for (const [peer, held] of this.#byPeer) {
      this.#forgetGone(held)
      const tried = this.#tried.get(peer) ?? { ran: 0, nowMs: 0 }
      for (const { item, sinceMs, mustTryIn, isFlying } of held.values()) {
        if (isFlying) continue
        if (mustTryIn > tried.ran && mustTryIn < this.#course.ran) {
          return `does not try ${peer} although the FLASH ${item.id} has come`
        }
        const withinMs = (item.lane === 0 ? flashMax : max) + slackMs
        if (nowMs - Math.max(tried.nowMs, sinceMs) > withinMs)
          return `no longer tries to send ${item.id}`
      }
    }
    return undefined
  }

  #forgetGone(held: ReadonlyMap<string, Held>): void {
    for (const { item, goneIn } of held.values()) {
      if (goneIn !== undefined && goneIn < this.#course.ran) this.drop(item.id)
    }
  }

  #mustBeFirst({ lane }: OutboxItem, held: ReadonlyMap<string, Held>): void {
    let flashesFlying = 0
    let waiting: OutboxItem | undefined
    this.#forgetGone(held)
    for (const { item, isFlying } of held.values()) {
      if (isFlying) flashesFlying += item.lane === 0 ? 1 : 0
      else if (item.lane < (waiting?.lane ?? lane)) waiting = item
    }
    const isFull = waiting?.lane === 0 && flashesFlying >= this.#bounds.flash
    if (waiting === undefined || isFull) return
    this.#fail(`lane ${lane} goes while ${waiting.id} of lane ${waiting.lane} waits`)
  }

  /** The same outbox, watched. */
  watched(outbox: Outbox): Outbox {
    return {
      ...outbox,
      claim: async (limit, full) => {
        const items = await outbox.claim(limit, full)
        for (const it of items) this.add(it)
        return items
      },
      release: (ids, delayMs) => {
        for (const id of ids) this.drop(id)
        return outbox.release(ids, delayMs)
      },
      renewLease: async (ids) => {
        const ours = await outbox.renewLease(ids)
        const kept = new Set(ours)
        for (const id of ids) if (!kept.has(id)) this.drop(id)
        return ours
      },
    }
  }
}

/** FLASH that one stream from a gateway to its exchange has not given yet. */
export class FlashWaiting {
  readonly #waiting: Set<Digest>
  readonly #fail: Fail

  constructor({ gatewayDisk }: Organisation, fail: Fail) {
    const untaken = [...gatewayDisk.untaken.values()]
    this.#waiting = new Set(untaken.filter((it) => it.lane === 0).map((it) => it.digest))
    this.#fail = fail
  }

  held({ digest, lane }: HeldArrival): void {
    if (lane === 0) this.#waiting.add(digest)
  }

  taken(digests: readonly Digest[]): void {
    for (const it of digests) this.#waiting.delete(it)
  }

  given({ digest, lane }: HeldArrival): void {
    if (lane === 0) this.#waiting.delete(digest)
    else if (this.#waiting.size > 0) this.#fail(`lane ${lane} is given while a FLASH waits`)
  }
}
